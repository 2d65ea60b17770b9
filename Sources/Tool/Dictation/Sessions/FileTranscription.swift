import EngineHost
import EngineLink
import Essentials
import Synchronization
import TranscriptFormats

extension RecordingTranscriber {
    /// Transcribes the files in turn; `-` is standard input. Each text is printed as it arrives, after the name of the
    /// file if `isAnnounced`, and all texts are copied as one. Failures of single files are reported.
    package func transcribe(_ files: [String], isAnnounced: Bool = false) async throws -> SessionOutcome {
        var texts: [String] = []
        var outcome = SessionOutcome.silent
        for (index, file) in files.enumerated() {
            let name = files.count > 1 ? SystemName.shown(file) + ": " : ""
            if isAnnounced, files.count > 1 { report(.note("\(index + 1)/\(files.count) \(SystemName.shown(file))")) }
            do {
                if let text = try await transcribe(file, print: delivery.print) {
                    texts.append(text)
                } else {
                    report(.note("\(name)No speech was recognised."))
                }
            } catch let error as ClientError {
                outcome += .failed
                report(.warning("\(name)\(error)"))
            }
        }
        guard !texts.isEmpty else { return outcome }
        outcome += try await delivery.keep(texts.joined(separator: "\n"), report: report)
        return outcome
    }

    /// Transcribes one file; `-` is standard input. Returns the cleaned text, or the document in the requested format,
    /// without a line end; `nil` if there is no speech. `print` gets the text as it arrives, and a line end after it.
    package func transcribe(
        _ file: String, print: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) async throws -> String? {
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
        let text = request.format == .text ? SpokenText.cleaned(answer) : answer.trimmed { Character($0).isNewline }
        let rest = stream.withLock { $0.rest(of: text) }
        if !text.isEmpty { try await print(rest + "\n") }
        return SpokenText.isSpoken(in: answer, format: request.format) ? text : nil
    }

    /// Reads the length of a recording from its header, for timeouts and the display. `nil` if it cannot be read.
    func length(of path: String) async throws -> Duration? {
        do {
            let length = try await engine.ask(.measure(path: path), for: Duration?.self, within: .seconds(10))
            return length.map { min(max($0, .zero), .longest) }
        } catch is EngineFailure {
            return nil
        }
    }
}
