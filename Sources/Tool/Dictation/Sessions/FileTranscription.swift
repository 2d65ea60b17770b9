import Essentials
public import EngineHost
import EngineLink
import SpeechTypes
import Synchronization
import TranscriptFormats

/// Transcribes files.
public struct FileTranscription: Sendable {
    private let service: any TranscriptionService
    private let engine: any EngineProgram
    private let template: TranscriptionRequest
    private let report: DictationEvents

    /// Creates a transcription.
    ///
    /// - Parameters:
    ///   - service: The service that transcribes.
    ///   - engine: The program that reads the files' headers.
    ///   - template: The request without the recording.
    ///   - report: Called with each event.
    public init(
        service: any TranscriptionService, engine: any EngineProgram, template: TranscriptionRequest,
        report: @escaping DictationEvents
    ) {
        self.service = service
        self.engine = engine
        self.template = template
        self.report = report
    }

    /// The transcript of a file.
    public struct Transcript: Sendable, Equatable {
        /// The cleaned text, or the document in the requested format; without a line end.
        public let text: String
        /// Whether it contains speech.
        public let isSpoken: Bool
    }

    /// Transcribes the files in turn; each text is printed as it arrives.
    ///
    /// - Parameters:
    ///   - files: Their paths; `-` is standard input.
    ///   - delivery: Gets all texts as one.
    /// - Returns: The outcome; failures are reported.
    /// - Throws: `DeliveryError`, `CancellationError`.
    public func run(_ files: [String], delivery: TextDelivery) async throws -> SessionOutcome {
        var texts: [String] = []
        var outcome = SessionOutcome.silent
        for file in files {
            do {
                let transcript = try await transcribe(file) { try await delivery.print($0) }
                if transcript.isSpoken {
                    texts.append(transcript.text)
                } else if files.count > 1 {
                    report(.note("\(SystemName.shown(file)): No speech was recognised."))
                }
            } catch let error as ClientError {
                outcome += .failed
                report(.warning(files.count > 1 ? "\(SystemName.shown(file)): \(error)" : error.description))
            }
        }
        guard !texts.isEmpty else {
            if !outcome.hasFailed, files.count == 1 { report(.note("No speech was recognised.")) }
            return outcome
        }
        let copy = try await delivery.keep(texts.joined(separator: "\n"))
        copy.event.map(report)
        outcome += copy.outcome
        return outcome
    }

    /// Transcribes one file.
    ///
    /// - Parameters:
    ///   - file: Its path; `-` is standard input.
    ///   - print: Called with the text as it arrives, and a line end after it; not called if there is no text.
    /// - Returns: The whole transcript.
    /// - Throws: `ClientError`, `CancellationError`, and what `print` throws.
    public func transcribe(
        _ file: String, print: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) async throws -> Transcript {
        // A pipe may deliver nothing for a long time.
        report(.transcribing(nil))
        defer { report(.transcribed) }
        let input = try await InputRecording(file)
        var request = template
        request.file = input.path
        request.fileName = input.name
        request.isStreamed = request.format == .text
        request.duration = try await length(of: input.path)
        report(.length(request.duration))
        let stream = Mutex(SpokenTextStream())
        let answer: String
        do {
            answer = try await service.transcribe(request) { progress in
                report(.progress(progress))
                guard case .delta(let delta) = progress else { return }
                let piece = stream.withLock { $0.add(delta) }
                if !piece.isEmpty { try await print(piece) }
            }
        } catch let error as ClientError {
            // The next text must start on a new line.
            if stream.withLock({ $0.hasPrinted }) { try await print("\n") }
            throw error
        }
        let isSpoken = SpokenText.isSpoken(in: answer, format: request.format)
        let text = request.format == .text ? SpokenText.cleaned(answer) : answer.trimmed { Character($0).isNewline }
        let rest = stream.withLock { $0.rest(of: text) }
        if !text.isEmpty { try await print(rest + "\n") }
        return Transcript(text: text, isSpoken: isSpoken)
    }

    /// Reads the length of a recording from its header, for timeouts and the display. `nil` if it cannot be read.
    private func length(of path: String) async throws -> Duration? {
        do {
            let reply = try await engine.ask(.measure(path: path), for: LengthReply.self, within: .seconds(10))
            return reply.length.map { min(max($0, .zero), .longest) }
        } catch is EngineFailure {
            return nil
        }
    }
}
