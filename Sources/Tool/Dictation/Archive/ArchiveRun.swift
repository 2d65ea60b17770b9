import Concurrency
import Essentials
import Synchronization
import TranscriptFormats

/// What a run through an archive is to do.
package struct Archive: Sendable {
    /// Files and folders, encoded as `SystemName`.
    package var inputs: [String]
    /// The folder for all results; `nil` if each is written beside its recording.
    package var output: String?
    /// How many recordings are transcribed at once, at least one.
    package var jobs: Int
    package var rules: ReplacementRules
    /// The last part of the results' names.
    package var fileExtension: String
    var patience = ServerPatience()

    package init(
        inputs: [String], output: String?, jobs: Int, rules: ReplacementRules, fileExtension: String
    ) {
        self.inputs = inputs
        self.output = output
        self.jobs = jobs
        self.rules = rules
        self.fileExtension = fileExtension
    }

    /// Two inputs whose results would be the same files; `nil` if there are none. Results beside recordings never are.
    package var collision: (String, String)? {
        guard output != nil, inputs.count > 1 else { return nil }
        var inputsByPlace: [[UInt8]: String] = [:]
        for input in inputs {
            let place = Array(FolderWalk.place(of: input).utf8)
            if let other = inputsByPlace.updateValue(input, forKey: place) { return (other, input) }
        }
        return nil
    }
}

extension RecordingTranscriber {
    /// Transcribes the recordings of an archive and writes a result for each. Failures of single recordings are
    /// reported, and the run goes on. If every further request would fail, or no result can be written any more, it
    /// ends. If `control` stops listening, no further recording is begun.
    ///
    /// - Throws: `CancellationError`.
    package func transcribe(_ archive: Archive, control: DictationControl) async throws -> ArchiveReport {
        let run = ArchiveRun(self, archive, control)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<max(1, archive.jobs) { group.addTask { try await run.work() } }
                // Throws at once, which cancels the others.
                while try await group.next() != nil {}
            }
        } catch let end as ArchiveEnd {
            return run.report(end: end.description)
        }
        return run.report()
    }
}

/// Why no further recording can be transcribed.
private struct ArchiveEnd: Error { var description: String }

/// The user asked to stop before the recording was sent again.
private struct Stopped: Error {}

private final class ArchiveRun: Sendable {
    private struct State {
        var report = ArchiveReport()
        var patience: ServerPatience
        /// Whether the server is being waited for, which has been reported.
        var isWaiting = false
    }

    private let transcriber: RecordingTranscriber
    private let archive: Archive
    private let control: DictationControl
    private let queue: ArchiveQueue
    private let state: Mutex<State>

    /// How often a recording may break an answer off, or make a server fail to which it is sent on, before it has failed.
    private static let mostBreaks = 3

    /// Further waits for the server are reported.
    private static let shortWaits = 3

    init(_ transcriber: RecordingTranscriber, _ archive: Archive, _ control: DictationControl) {
        self.transcriber = transcriber
        self.archive = archive
        self.control = control
        queue = ArchiveQueue(archive, ResultOptions(transcriber.template))
        state = Mutex(State(patience: archive.patience))
    }

    func report(end: String? = nil) -> ArchiveReport {
        var report = state.withLock { $0.report }
        report.hiddenFolders = queue.hiddenFolders
        report.end = end
        report.isInterrupted = end == nil && !control.isListening
        return report
    }

    /// Transcribes recordings until there are no more.
    func work() async throws {
        while control.isListening, let step = try await queue.next() {
            switch step {
            case .passedOver: break
            case .done: count { $0.skipped += 1 }
            case .failed(let name, let count, let reason): fail(name, reason, count: count)
            case .due(let task):
                count { $0.inHand += 1 }
                defer { count { $0.inHand -= 1 } }
                do { try await transcribe(task) } catch is Stopped {}
            }
        }
    }

    private func transcribe(_ task: ArchiveTask) async throws {
        let answer: Answer
        do {
            answer = try await self.answer(task.source.path)
        } catch let error as ClientError {
            return fail(task.source.path, error.description)
        }
        let verdict: ResultVerdict
        do {
            verdict = try await abandonable { [rules = archive.rules] in
                try task.journal.write(answer.document, to: task.result, from: task.origin, rules)
            }
        } catch let error as ResultError {
            guard !error.isFullDisk else {
                throw ArchiveEnd(description: "\(error) Make room in '\(shown(task.journal.folder))'.")
            }
            return fail(task.source.path, error.description)
        }
        if case .refused(let reason) = verdict {
            return fail(task.source.path, "'\(task.result)' \(reason); --overwrite replaces it.")
        }
        count { counts in
            counts.done += 1
            counts.blank += answer.isSpoken ? 0 : 1
            counts.sound += answer.length ?? .zero
        }
        let remark = answer.isSpoken ? "" : " (no speech)"
        let result = SystemPath.joined(task.journal.folder, task.result)
        transcriber.report(.step("\(shown(task.source.path)) → \(shown(result))\(remark)"))
    }

    /// What the service has said about a recording.
    private struct Answer {
        /// The content of the result.
        var document: String
        var isSpoken: Bool
        var length: Duration?
    }

    /// Has a recording transcribed; waits for the server if it is away.
    ///
    /// - Throws: `ClientError` if the recording has failed, `ArchiveEnd`, `Stopped`, `CancellationError`.
    private func answer(_ path: String) async throws -> Answer {
        let input = try await InputRecording(path)
        var request = transcriber.template
        request.file = input.path
        request.fileName = input.name
        request.isStreamed = request.format == .text
        let length = try await transcriber.length(of: input.path)
        // A server may recognise all recordings in hand at once, each as much slower.
        request.duration = length.map { min($0 * archive.jobs, .longest) }
        var attempt = 1
        var breaks = 0
        var beginning: ContinuousClock.Instant?
        while true {
            let hasText = Flag()
            do {
                let document = try await send(request, hasText: hasText)
                answered()
                let isSpoken = SpokenText.isSpoken(in: document, format: request.format)
                let text =
                    request.format == .text
                    ? SpokenText.cleaned(document) : document.trimmed { Character($0).isNewline }
                return Answer(document: text.isEmpty ? "" : text + "\n", isSpoken: isSpoken, length: length)
            } catch let error as ClientError {
                if error.hitsEveryRequest { throw ArchiveEnd(description: error.description) }
                if !error.mayBeRepeated {
                    // A file that cannot be read, or a wait that was too long, says nothing about the server.
                    if error.status != nil || hasText.isSet { answered() }
                    breaks += 1
                    guard error.code == .failed, hasText.isSet, breaks < Self.mostBreaks else { throw error }
                    continue
                }
                if error.isOfRecording {
                    answered()
                    breaks += 1
                    guard breaks < Self.mostBreaks else { throw error }
                }
                let start = beginning ?? .now
                beginning = start
                try await wait(after: error, attempt: attempt, since: start)
                attempt += 1
            }
        }
    }

    private func send(_ request: TranscriptionRequest, hasText: Flag) async throws -> String {
        let isSent = Flag()
        defer { if isSent.isSet { state.withLock { $0.patience.inHand -= 1 } } }
        return try await transcriber.service.transcribe(request) { [self] progress in
            switch progress {
            case .sent(let share) where share >= 1:
                if !isSent.isSet { state.withLock { $0.patience.inHand += 1 } }
                isSent.set()
            case .delta: hasText.set()
            case .notice: transcriber.report(.progress(progress))
            // The run waits itself: longer, and until the user stops it.
            case .retrying(let error, _): throw error
            case .sent, .heard: break
            }
        }
    }

    private func answered() {
        let isBack = state.withLock { state in
            state.patience.answered(at: .now)
            return exchange(&state.isWaiting, with: false)
        }
        if isBack { transcriber.report(.note("The server answers again.")) }
    }

    private func wait(after error: ClientError, attempt: Int, since beginning: ContinuousClock.Instant) async throws {
        let (decision, isNew) = state.withLock { state in
            let decision = state.patience.decide(on: error, attempt: attempt, since: beginning, now: .now)
            guard case .wait = decision else { return (decision, false) }
            guard state.patience.hasAnswered, attempt >= Self.shortWaits else { return (decision, false) }
            return (decision, !exchange(&state.isWaiting, with: true))
        }
        let limit = HumanFormat.time(archive.patience.limit)
        switch decision {
        case .giveUp: throw error
        case .end:
            let hasWaited = ContinuousClock.now - beginning >= archive.patience.limit
            throw ArchiveEnd(
                description: error.description + (hasWaited ? " It has been waited for, for \(limit)." : ""))
        case .wait(let pause):
            let reason = error.description.split(separator: "\n").first.map(String.init) ?? ""
            if isNew { transcriber.report(.note("\(reason.printable) Waiting for it, for up to \(limit).")) }
            let end = ContinuousClock.now + pause
            while ContinuousClock.now < end {
                guard control.isListening else { throw Stopped() }
                try await Task.sleep(for: min(.milliseconds(200), pause))
            }
        }
    }

    private func count(_ change: (inout ArchiveCounts) -> Void) {
        let counts = state.withLock { state in
            change(&state.report.counts)
            return state.report.counts
        }
        transcriber.report(.archive(counts))
    }

    private func fail(_ path: String, _ reason: String, count: Int = 1) {
        let words = reason.split(whereSeparator: \.isNewline).joined(separator: " ").printable
        let more = count > 1 ? "\(words) (\(count) recordings)" : words
        let failure = ArchiveReport.Failure(name: shown(path), reason: more)
        state.withLock { state in
            if state.report.failures.count < ArchiveReport.mostFailures { state.report.failures.append(failure) }
        }
        self.count { $0.failed += count }
        transcriber.report(.warning("\(failure.name): \(failure.reason)"))
    }

    private func shown(_ path: String) -> String { SystemName.shown(path).printable }
}
