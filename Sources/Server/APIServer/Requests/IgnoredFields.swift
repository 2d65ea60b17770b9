import ModelFamilies
import SpeechTypes

extension TranscriptionForm {
    /// The fields that change nothing with a model, or of which only a part has an effect.
    ///
    /// - Parameters:
    ///   - model: The model that hears the recording.
    ///   - unusedHints: What the engine says of the hints; before it does, a model that takes hints is believed to use
    ///     them all.
    /// - Returns: Names of fields, each once.
    func ignoredFields(with model: ModelSpecification, unusedHints: [Hints.Field] = []) -> [String] {
        var ignored = (model.takesHints ? unusedHints : hints.fields).map(\.rawValue)
        if language != nil, !model.family.takesLanguage { ignored.append("language") }
        if !candidates.isEmpty, !model.family.detectsLanguage { ignored.append("languages") }
        return ignored + self.ignored
    }
}
