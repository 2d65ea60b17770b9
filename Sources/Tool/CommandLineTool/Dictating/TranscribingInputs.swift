import Dictation
import TranscriptFormats

/// `asr2clip -i FILE`: transcribes files to standard output and the clipboard.
struct TranscribingInputs {
    let tool: Tool
    let dictation: DictationOptions
    let format: ResponseFormat

    /// Transcribes the files, in order.
    func run(_ files: [String]) async throws {
        try await Failure.reported {
            let configuration = try tool.configuration()
            let screen = DictationScreen(isQuiet: configuration.isQuiet, environment: tool.environment)
            try tool.outputFile(configuration)?.check()
            if let first = dictation.given.first { screen.show(.note("\(first) has no effect on files.")) }
            try await Session(screen: screen, control: DictationControl(listens: false)).run {
                try await tool.withService(configuration) { service in
                    try await FileTranscription(
                        service: service, engine: try tool.engine,
                        template: tool.template(configuration, format: format), report: screen.show
                    ).run(files, delivery: tool.delivery(configuration, screen))
                }
            }
        }
    }
}
