package import SpeechTypes

/// How a request's hints are passed to the model.
package struct HintPlan: Equatable {
    /// Phrases for sherpa-onnx's hotwords, each in a spelling that the tokens allow.
    package var hotwords: [String] = []
    /// Words for the stream option `hotwords`, separated by commas.
    package var context: String?
    /// Phrases that are not passed to the model.
    package var unused: [String] = []
}

package struct HintPlanner: Sendable {
    private let family: ModelFamily
    private let speller: HotwordSpeller?
    private let contextBytes: Int

    static let mostPhrases = 1000

    init(_ model: ModelSpecification) throws(ModelFileError) {
        family = model.family
        speller = try HotwordSpeller(model)
        contextBytes = Self.contextBytes(of: model)
    }

    /// The bytes for words in Qwen3's context beside 20 s of audio (260 tokens), the text (128 by default) and the
    /// template (about 20), at two bytes for each token: more would displace audio.
    private static func contextBytes(of model: ModelSpecification) -> Int {
        let total = Int(model.options.number("max_total_len") ?? 512)
        let text = Int(model.options.number("max_new_tokens") ?? 128)
        return max(0, 2 * (total - 260 - 20 - text))
    }

    package func plan(_ hints: Hints) -> HintPlan {
        let phrases = hints.phrases
        var plan = HintPlan(unused: Array(phrases.dropFirst(Self.mostPhrases)))
        for phrase in phrases.prefix(Self.mostPhrases) {
            switch family.hints {
            case .hotwords:
                if let spelling = speller?.spelling(of: phrase) {
                    plan.hotwords.append(spelling)
                } else {
                    plan.unused.append(phrase)
                }
            case .context:
                let context = plan.context.map { $0 + "," + phrase } ?? phrase
                // Text like the model's own marks would end its instructions.
                if context.utf8.count <= contextBytes, !phrase.contains("<|"), !phrase.contains(",") {
                    plan.context = context
                } else {
                    plan.unused.append(phrase)
                }
            case .contextByOption, .none: plan.unused.append(phrase)
            }
        }
        return plan
    }
}

extension ModelSpecification {
    /// Whether a request's hints can have any effect on this model.
    package var takesHints: Bool {
        switch family.hints {
        case .hotwords:
            options.usesBeamSearch && options.text("modeling_unit") != "bbpe"
        case .context: true
        case .contextByOption, .none: false
        }
    }
}
