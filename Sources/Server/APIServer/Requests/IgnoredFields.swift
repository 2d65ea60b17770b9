import ModelFamilies
import SpeechTypes

extension TranscriptionForm {
    /// The fields that have no effect with a model, or only a partial one.
    ///
    /// - Parameters:
    ///   - model: The model that transcribes the recording.
    ///   - unusedHints: The hints that the engine reports as unused; before that report, a model that takes hints is
    ///     assumed to use them all.
    /// - Returns: Names of fields, each once.
    func ignoredFields(with model: ModelSpecification, unusedHints: [Hints.Field] = []) -> [String] {
        var ignored = (model.takesHints ? unusedHints : hints.fields).map(\.rawValue)
        if language != nil, !model.family.takesLanguage { ignored.append("language") }
        if !candidates.isEmpty, !model.family.detectsLanguage { ignored.append("languages") }
        return ignored + self.ignored
    }
}
