import Concurrency
import Essentials
import SpeechTypes

/// One job's way through an engine, and through a second run of it if the first dies.
actor EngineJob {
    private let job: TranscriptionJob
    private let supervisor: EngineSupervisor
    private var attempt = 0
    private var place: EngineSupervisor.Place?
    /// Keeps the engine that has the job from being retired or unloaded. Declared behind the place, and so given back after it:
    /// an engine that is idle has nobody inside.
    private var ticket: JobCounter.Ticket?
    /// A second run's way into the engine, which may take as long as those before it need.
    private var entry: (task: Task<Void, Never>, place: OneShot<EngineSupervisor.Place>)?
    private var answer: EngineResponse?
    private var segmentsReported = 0
    private var segmentsOfThisAttempt = 0
    private var isDone = false

    init(_ job: TranscriptionJob, supervisor: EngineSupervisor, ticket: JobCounter.Ticket) {
        self.job = job
        self.supervisor = supervisor
        self.ticket = ticket
    }

    /// The next event; `nil` after `done`.
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
                case .segment:
                    segmentsOfThisAttempt += 1
                    // A second run repeats what the first has said: once is enough.
                    guard segmentsOfThisAttempt > segmentsReported else { continue }
                    segmentsReported += 1
                case .done:
                    isDone = true
                    ticket?.answer()
                    leave()
                case .working: break
                }
                return event
            } catch let failure as EngineConnection.Failure {
                try await startOver(after: failure)
            }
        }
        return nil
    }

    private func leave() {
        place = nil
        ticket = nil
    }

    private func nextOfThisAttempt() async throws -> TranscriptEvent {
        let place: EngineSupervisor.Place
        if let held = self.place {
            place = held
        } else {
            guard let admitted = try await admitted() else { return .working }
            place = admitted
            self.place = place
        }
        // Taken out while it waits: letting go of it is what hangs up.
        var answer: EngineResponse
        if let begun = exchange(&self.answer, with: nil) {
            answer = begun
        } else {
            answer = try await place.connection.send(job)
        }
        let event = try await answer.next()
        self.answer = answer
        return event
    }

    /// Lets the job in; `nil` once a second while a second run has to wait.
    private func admitted() async throws -> EngineSupervisor.Place? {
        guard attempt > 0 else { return try await supervisor.admit() }
        let entry = entry ?? enterApart()
        self.entry = entry
        guard let place = try await entry.place.value(within: .seconds(1)) else { return nil }
        self.entry = nil
        if let other = place.ticket {
            // From now on it is the other engine's work.
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

    deinit {
        entry?.task.cancel()
    }

    /// Begins the job anew if the engine has ended.
    ///
    /// - Throws: `EngineError` if the failure is this job's alone, or the engine has ended on it twice.
    private func startOver(after failure: EngineConnection.Failure) async throws {
        let engine = place?.engine ?? supervisor
        if let place { try await engine.settle(failure, in: place.connection.run) }
        place = nil
        attempt += 1
        segmentsOfThisAttempt = 0
        guard attempt < 2 else { throw await engine.crashError() }
    }
}

extension TranscriptionJob {
    /// The size of the recording's file; 0 if that cannot be known.
    fileprivate var bytes: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
