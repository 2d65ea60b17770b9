public import SpeechTypes

/// What the registry sets for a model under `options:`; only what is written there.
public struct ModelOptions: Sendable, Hashable, Codable {
    /// The language when a request names none; `nil` leaves it to the family.
    public var language: Language?
    /// The other options by key.
    public var values: [String: OptionValue]

    /// Sets some options; all others stay as the family has them.
    public init(language: Language? = nil, _ values: [String: OptionValue] = [:]) {
        self.language = language
        self.values = values
    }

    /// How many decodes of the model run at once; `nil` leaves it to the server.
    public var numThreads: Int? { number("num_threads").flatMap { Int(exactly: $0) } }

    /// What is made of the speech when a request does not say.
    public var task: SpeechTask { text("task").flatMap { SpeechTask(rawValue: $0) } ?? .transcribe }

    /// Whether the model runs on an accelerator, whose driver has to open its devices.
    public var needsDevices: Bool { !["cpu", "xnnpack"].contains((text("provider") ?? "cpu").prefix { $0 != ":" }) }

    /// The text behind a key.
    func text(_ key: String) -> String? {
        if case .text(let text) = values[key] { text } else { nil }
    }

    /// The number behind a key.
    func number(_ key: String) -> Double? {
        if case .number(let number) = values[key] { number } else { nil }
    }
}
