import Foundation
import SpeechTypes
import Transcription

/// One job's way through an engine, and through a second run of it if the first dies.
actor EngineJob {
    private let job: TranscriptionJob
    private let supervisor: EngineSupervisor
    private var attempt = 0
    private var place: EngineSupervisor.Place?
    private var answer: EngineConnection.Answer?
    private var segmentsReported = 0
    private var segmentsOfThisAttempt = 0
    private var isDone = false

    init(_ job: TranscriptionJob, supervisor: EngineSupervisor) {
        self.job = job
        self.supervisor = supervisor
    }

    /// The next event; `nil` after `done`.
    ///
    /// - Throws: `TranscriptionError`, `EngineError`, `CancellationError`.
    func next() async throws -> TranscriptEvent? {
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
                    place = nil
                case .working: break
                }
                return event
            } catch is EngineConnection.Lost {
                try await startOver()
            } catch {
                place = nil
                throw error
            }
        }
        return nil
    }

    private func nextOfThisAttempt() async throws -> TranscriptEvent {
        let place: EngineSupervisor.Place
        if let held = self.place {
            place = held
        } else {
            place = try await supervisor.admit(attempt == 0 ? .shared : .alone)
            self.place = place
        }
        // Taken out while it waits: letting go of it is what hangs up.
        var answer: EngineConnection.Answer
        if let begun = exchange(&self.answer, with: nil) {
            answer = begun
        } else {
            answer = try await place.connection.send(job)
        }
        let event = try await answer.next()
        self.answer = answer
        return event
    }

    private func startOver() async throws {
        if let run = place?.connection.run { await supervisor.settle(run: run) }
        place = nil
        attempt += 1
        segmentsOfThisAttempt = 0
        guard attempt < 2 else { throw await supervisor.crashError() }
    }
}
