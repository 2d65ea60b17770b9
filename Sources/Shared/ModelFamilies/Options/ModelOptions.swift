import Essentials
package import SpeechTypes

/// The options in the registry under `options:` of a model, without defaults.
package struct ModelOptions: Sendable, Hashable, Codable {
    /// The language of requests that name none; `nil` for the family's default.
    package var language: Language?
    package var values: [String: OptionValue]

    package init(language: Language? = nil, _ values: [String: OptionValue] = [:]) {
        self.language = language
        self.values = values
    }

    /// How many decodes of the model run at the same time; `nil` for the server's setting.
    package var numThreads: Int? { number("num_threads").flatMap { Int(exactly: $0) } }

    package var task: SpeechTask { text("task").flatMap { SpeechTask(rawValue: $0) } ?? .transcribe }

    /// Whether the model runs on an accelerator, whose driver must open devices.
    package var needsDevices: Bool { !["cpu", "xnnpack"].contains((text("provider") ?? "cpu").prefix { $0 != ":" }) }

    /// Whether the model decodes several hypotheses at once, so that its last words may still change.
    package var usesBeamSearch: Bool { text("decoding_method") == "modified_beam_search" }

    func text(_ key: String) -> String? {
        if case .text(let text) = values[key] { text } else { nil }
    }

    func number(_ key: String) -> Double? {
        if case .number(let number) = values[key] { number } else { nil }
    }
}

package enum OptionValue: Sendable, Hashable, Codable {
    case flag(Bool)
    case number(Double)
    /// A word, a text, or paths.
    case text(String)
}

extension OptionValue: CustomStringConvertible {
    /// The value as models.yaml has it.
    package var description: String {
        switch self {
        case .flag(let flag): "\(flag)"
        case .number(let number): HumanFormat.number(number)
        case .text(let text): text
        }
    }
}

extension OptionValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    package init(booleanLiteral flag: Bool) { self = .flag(flag) }
    package init(integerLiteral number: Int) { self = .number(Double(number)) }
    package init(floatLiteral number: Double) { self = .number(number) }
    package init(stringLiteral text: String) { self = .text(text) }
}

extension ModelOptions {
    /// Messages about options that have no effect, or prevent loading, because others are not set: sherpa-onnx makes no
    /// recognizer of them (Tests/Fixtures/VERIFY.md).
    package var conflicts: [(key: String, message: String)] {
        var found: [(String, String)] = []
        if values["hotwords_file"] != nil, !usesBeamSearch {
            let message = "'hotwords_file' needs beam search; write decoding_method: modified_beam_search as well."
            found.append(("hotwords_file", message))
        }
        if let unit = text("modeling_unit"), unit.contains("bpe"), values["bpe_vocab"] == nil {
            let message = "'modeling_unit: \(unit)' needs the model's vocabulary; write bpe_vocab: and its file."
            found.append(("modeling_unit", message))
        }
        return found
    }
}
