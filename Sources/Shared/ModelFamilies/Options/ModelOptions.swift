public import SpeechTypes

/// The options in the registry under `options:` of a model, without defaults.
public struct ModelOptions: Sendable, Hashable, Codable {
    /// The language of requests that name none; `nil` for the family's default.
    public var language: Language?
    /// The other options by key.
    public var values: [String: OptionValue]

    /// Makes options; all others keep the family's defaults.
    public init(language: Language? = nil, _ values: [String: OptionValue] = [:]) {
        self.language = language
        self.values = values
    }

    /// How many decodes of the model run at the same time; `nil` for the server's setting.
    public var numThreads: Int? { number("num_threads").flatMap { Int(exactly: $0) } }

    /// The task of requests that name none.
    public var task: SpeechTask { text("task").flatMap { SpeechTask(rawValue: $0) } ?? .transcribe }

    /// Whether the model runs on an accelerator, whose driver must open devices.
    public var needsDevices: Bool { !["cpu", "xnnpack"].contains((text("provider") ?? "cpu").prefix { $0 != ":" }) }

    /// The text value of a key.
    func text(_ key: String) -> String? {
        if case .text(let text) = values[key] { text } else { nil }
    }

    /// The number value of a key.
    func number(_ key: String) -> Double? {
        if case .number(let number) = values[key] { number } else { nil }
    }
}
