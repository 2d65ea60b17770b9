import Dictation
import TranscriptFormats

/// `asr2clip -i FILE`: from files to standard output and the clipboard.
struct TranscribingInputs {
    let tool: Tool
    let texts: TextOptions
    let format: ResponseFormat

    /// Transcribes the files, in order.
    func run(_ files: [String]) async throws {
        try await Failure.reported {
            let configuration = try tool.configuration()
            let screen = DictationScreen(isQuiet: configuration.isQuiet, environment: tool.environment)
            try texts.checkOutput()
            try await Session(screen: screen, control: DictationControl(listens: false)).run {
                try await tool.withService(configuration) { service in
                    try await FileTranscription(
                        service: service, template: tool.template(configuration, format: format), report: screen.show
                    ).run(files, delivery: texts.delivery(screen, environment: tool.environment))
                }
            }
        }
    }
}
