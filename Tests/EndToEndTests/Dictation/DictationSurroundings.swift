import Foundation
import TestSupport
import Testing

/// A virtual microphone and a display. The servers of these tests have a model that hears the recordings right, however the
/// microphone's clock divides the sound into frames: the small transducer hears a word twice, or not, in 1 of 80 divisions.
struct DictationSurroundings {
    let sound: SoundServer
    let display: Display

    var environment: [String: String] { sound.environment.merging(["DISPLAY": display.name]) { $1 } }

    /// Runs `body` with the tool once it listens.
    func listening<R: Sendable>(
        _ arguments: [String] = [], url: String? = nil, _ body: (RunningProcess) async throws -> R
    ) async throws -> R {
        let url = try url ?? ServerProcess.shared().url
        return try await withProcess(
            ServerProcess.path(of: "asr2clip"), ["--url", url] + arguments, environment: environment
        ) { tool in
            try await eventually("the tool listens, and not: \(tool.standardError)") {
                tool.standardError.contains("Listening to")
            }
            return try await body(tool)
        }
    }

    /// Runs the tool to its end.
    func run(_ arguments: [String]) async throws -> (status: Int32?, output: String, error: String) {
        let result = try await runToEnd(
            ServerProcess.path(of: "asr2clip"), ["--url", try ServerProcess.shared().url] + arguments,
            environment: environment)
        if case .exited(let code) = result.status { return (code, result.output, result.error) }
        return (nil, result.output, result.error)
    }
}

/// Runs `body` with both.
func withSurroundings(_ body: (DictationSurroundings) async throws -> Void) async throws {
    try await withSoundServer { sound in
        try await withDisplay { display in try await body(DictationSurroundings(sound: sound, display: display)) }
    }
}
