import AudioInput
import ModelFamilies
import SpeechTypes

extension TranscriptionError {
    /// The recording could not be read.
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

    /// The model could not do it.
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
