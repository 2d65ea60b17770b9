import AudioInput
import ModelFamilies
import SpeechTypes

extension TranscriptionError {
    /// The error for a recording that cannot be read.
    init(_ error: AudioError) {
        let code: Code =
            switch error.code {
            case .empty: .audioEmpty
            case .undecodable: .audioUndecodable
            case .unreadable: .audioUnreadable
            case .tooShort: .audioTooShort
            case .tooLong: .audioTooLong
            }
        self.init(code, error.message)
    }

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
