import Foundation
import SpeechTypes
import Synchronization

/// Transcribes files.
public struct FileTranscription: Sendable {
    private let service: any TranscriptionService
    private let template: TranscriptionRequest
    private let report: DictationEvents

    /// Describes how.
    ///
    /// - Parameters:
    ///   - service: Whom to ask.
    ///   - template: What to ask, beside the recording.
    ///   - report: Who is told what happens.
    public init(
        service: any TranscriptionService, template: TranscriptionRequest, report: @escaping DictationEvents
    ) {
        self.service = service
        self.template = template
        self.report = report
    }

    /// Transcribes the files one after the other; a text is printed as it comes.
    ///
    /// - Parameters:
    ///   - files: Their paths; `-` is standard input.
    ///   - delivery: Where the texts go: all of them, as one.
    /// - Returns: Whether all were transcribed and delivered; what failed is reported.
    /// - Throws: `DeliveryError`, `CancellationError`.
    public func run(_ files: [String], delivery: TextDelivery) async throws -> Bool {
        var texts: [String] = []
        var isComplete = true
        for file in files {
            do {
                texts.append(try await transcribe(file) { try delivery.print($0) })
            } catch let error as ClientError {
                isComplete = false
                report(.warning(files.count > 1 ? "\(file): \(error)" : error.description))
            }
        }
        let whole = texts.filter { !$0.isEmpty }.joined(separator: "\n")
        guard !whole.isEmpty else {
            if isComplete { report(.note("No speech was recognised.")) }
            return isComplete
        }
        if let warning = try await delivery.keep(whole) { report(.warning(warning)) }
        return isComplete
    }

    /// Transcribes one file.
    ///
    /// - Parameters:
    ///   - file: Its path; `-` is standard input.
    ///   - print: Given the text as it comes, a line end after it; nothing where nothing was said.
    /// - Returns: The whole text, or the document in the format asked for, without a line end.
    /// - Throws: `ClientError`, `CancellationError`, and what `print` throws.
    public func transcribe(
        _ file: String, print: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) async throws -> String {
        let input = try InputRecording(file)
        var request = template
        request.file = input.path
        request.fileName = input.name
        request.isStreamed = request.format == .text
        request.duration = input.duration
        report(.transcribing(input.duration))
        defer { report(.transcribed) }
        let whole = TextSoFar()
        let answer = try await service.transcribe(request) { progress in
            report(.progress(progress))
            if case .delta(let delta) = progress { try await print(whole.add(delta)) }
        }
        let text = answer.trimmingCharacters(in: .newlines)
        let rest = whole.rest(of: text)
        if !text.isEmpty { try await print(rest + "\n") }
        return text
    }
}

/// How much of a text has been printed.
private final class TextSoFar: Sendable {
    private let printed = Mutex("")

    /// Notes a piece, and gives it back.
    func add(_ delta: String) -> String {
        printed.withLock { $0 += delta }
        return delta
    }

    /// What of the whole is still to be printed: all of it, if the server did not stream.
    func rest(of text: String) -> String {
        printed.withLock { text.hasPrefix($0) ? String(text.dropFirst($0.count)) : "" }
    }
}
