import ModelFamilies
import SpeechTypes

extension TranscriptionError {
    /// The error for a failure of the model.
    init(_ error: RecognitionError) {
        let code: Code =
            switch error.code {
            case .unsupportedLanguage: .unsupportedLanguage
            case .unsupportedTask: .unsupportedTask
            case .modelUnusable, .decodingFailed: .recognitionFailed
            }
        self.init(code, error.message)
    }
}
