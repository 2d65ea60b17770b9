import Concurrency
import Essentials
import SpeechTypes

/// Runs one job in an engine, and again in a second run if the first dies.
actor EngineJob {
    private let job: TranscriptionJob
    private let onProgress: @Sendable (JobProgress) -> Void
    private let isEnough: @Sendable (Transcript.Segment) -> Bool
    private let supervisor: EngineSupervisor
    private var attempt = 0
    private var place: EngineSupervisor.Place?
    /// Keeps the engine that has the job from being retired or unloaded. Declared after `place`, and so released after
    /// it: an idle engine has no job inside.
    private var ticket: JobCounter.Ticket?
    /// Admission to a second run, which may have to wait for suspects before it.
    private var entry: (task: Task<Void, Never>, place: OneShot<EngineSupervisor.Place>)?
    private var answer: EngineResponse?
    private var segmentsReported = 0
    private var segmentsOfThisAttempt = 0
    private var isDone = false

    /// `isEnough` is called with each segment that is reported, and says whether the client needs no further event.
    init(
        _ job: TranscriptionJob, onProgress: @escaping @Sendable (JobProgress) -> Void,
        until isEnough: @escaping @Sendable (Transcript.Segment) -> Bool,
        supervisor: EngineSupervisor, ticket: JobCounter.Ticket
    ) {
        self.job = job
        self.onProgress = onProgress
        self.isEnough = isEnough
        self.supervisor = supervisor
        self.ticket = ticket
    }

    /// The next event; `nil` after `done`, or after a segment that was enough.
    ///
    /// - Throws: `TranscriptionError`, `EngineError`, `CancellationError`.
    func next() async throws -> TranscriptEvent? {
        do {
            return try await nextEvent()
        } catch {
            if !(error is CancellationError) { ticket?.answer() }
            leave()
            throw error
        }
    }

    private func nextEvent() async throws -> TranscriptEvent? {
        while !isDone {
            do {
                let event = try await nextOfThisAttempt()
                switch event {
                case .segment(let segment):
                    segmentsOfThisAttempt += 1
                    // A second run repeats the segments of the first; they are not reported again.
                    guard segmentsOfThisAttempt > segmentsReported else { continue }
                    segmentsReported += 1
                    onProgress(.heard(segment.end))
                    if isEnough(segment) { end() }
                case .length(let length): onProgress(.length(length))
                case .done: end()
                case .working: break
                }
                return event
            } catch let failure as EngineConnectionFailure {
                try await startOver(after: failure)
            }
        }
        return nil
    }

    /// Ends the job, which has been answered. If the engine still works on it, that is cancelled.
    private func end() {
        isDone = true
        ticket?.answer()
        answer = nil
        leave()
    }

    private func leave() {
        place = nil
        ticket = nil
    }

    private func nextOfThisAttempt() async throws -> TranscriptEvent {
        if place == nil { place = try await admitted() }
        guard let place else { return .working }
        // Moved out of the property while it waits, because releasing it closes the connection.
        var answer: EngineResponse
        if let begun = exchange(&self.answer, with: nil) {
            answer = begun
        } else {
            answer = try await place.connection.send(job)
            onProgress(.started)
        }
        let event = try await answer.next()
        self.answer = answer
        return event
    }

    /// Lets the job in; returns `nil` once a second while a second run has to wait.
    private func admitted() async throws -> EngineSupervisor.Place? {
        guard attempt > 0 else { return try await supervisor.admit() }
        let entry = entry ?? enterApart()
        self.entry = entry
        guard let place = try await entry.place.value(within: .seconds(1)) else { return nil }
        self.entry = nil
        if let other = place.ticket {
            // From now on, the other engine counts the job.
            ticket?.answer()
            ticket = other
        }
        return place
    }

    private func enterApart() -> (task: Task<Void, Never>, place: OneShot<EngineSupervisor.Place>) {
        let place = OneShot<EngineSupervisor.Place>()
        let task = Task { [supervisor, job] in
            do {
                place.resolve(.success(try await supervisor.admitSuspect(weighing: job.bytes)))
            } catch {
                place.resolve(.failure(error))
            }
        }
        return (task, place)
    }

    deinit { entry?.task.cancel() }

    /// Restarts the job if the engine has ended; throws `EngineError` if only this job has failed, or the engine has
    /// ended on it twice.
    private func startOver(after failure: EngineConnectionFailure) async throws {
        let engine = place?.engine ?? supervisor
        if let place { try await engine.settle(failure, in: place.connection.run) }
        place = nil
        attempt += 1
        segmentsOfThisAttempt = 0
        guard attempt < 2 else { throw await engine.crashError() }
    }
}

extension TranscriptionJob {
    /// The size of the recording's file; 0 if it cannot be read.
    fileprivate var bytes: Int { FileStatus.read(path).map { Int($0.st_size) } ?? 0 }
}
