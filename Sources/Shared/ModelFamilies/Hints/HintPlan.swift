package import SpeechTypes

/// What becomes of a request's hints.
package struct HintPlan: Equatable {
    /// Phrases for sherpa-onnx's hotwords, each in a spelling that the model's tokens allow.
    package var hotwords: [String] = []
    /// Words for the stream's option `hotwords`, with commas between them.
    package var context: String?
    /// Phrases that are not passed on.
    package var unused: [String] = []
}

/// Makes plans for one model.
package struct HintPlanner: Sendable {
    private let family: ModelFamily
    private let speller: HotwordSpeller?
    private let contextBytes: Int

    /// The most phrases that one request can give.
    static let mostPhrases = 1000

    init(_ model: ModelSpecification) throws(ModelFileError) {
        family = model.family
        speller = try HotwordSpeller(model)
        contextBytes = Self.contextBytes(of: model)
    }

    /// What is left for words in Qwen3's context beside 20 s of sound (260 tokens), the text (128 at most) and the frame
    /// around them (about 20), counted with two bytes for each token: more would push sound out.
    private static func contextBytes(of model: ModelSpecification) -> Int {
        let total = Int(model.options.number("max_total_len") ?? 512)
        let text = Int(model.options.number("max_new_tokens") ?? 128)
        return max(0, 2 * (total - 260 - 20 - text))
    }

    /// Plans a request's hints.
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
                // What looks like the model's own marks would end its instructions.
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
    /// Whether hints of a request can have any effect on this model.
    public var takesHints: Bool {
        switch family.hints {
        case .hotwords:
            options.text("decoding_method") == "modified_beam_search" && options.text("modeling_unit") != "bbpe"
        case .context: true
        case .contextByOption, .none: false
        }
    }
}
