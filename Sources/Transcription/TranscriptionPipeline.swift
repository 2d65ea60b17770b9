import AudioInput
import Foundation
public import SpeechRecognition
import SpeechTypes

/// The way of one recording: read it, cut it into windows, recognise them on the shared lanes, report them in order.
public struct TranscriptionPipeline: Sendable {
    private let recognizer: Recognizer
    private let scheduler: LaneScheduler

    /// A pipeline for one model; its scheduler is shared by all jobs.
    public init(recognizer: Recognizer, scheduler: LaneScheduler) {
        self.recognizer = recognizer
        self.scheduler = scheduler
    }

    private enum Step: Sendable {
        case recognized(index: Int, segments: [Transcript.Segment])
        case tick
    }

    /// Transcribes one recording. At most two windows more than there are lanes are in memory.
    ///
    /// - Parameters:
    ///   - job: The recording.
    ///   - report: Takes each event; the work waits for it.
    /// - Throws: `TranscriptionError`, `CancellationError`, or what `report` throws; all work has then ended.
    public func run(_ job: TranscriptionJob, report: (TranscriptEvent) async throws -> Void) async throws {
        do throws(RecognitionError) { try recognizer.check(job.language) } catch { throw TranscriptionError(error) }
        let reader = WindowReader(job, window: recognizer.window)
        try await withThrowingTaskGroup(of: Step.self) { group in
            var order = InOrder<[Transcript.Segment]>()
            let jobID = UUID()
            group.addTask { try await Self.tick() }
            repeat {
                while order.outstanding <= scheduler.laneCount, let window = try await Self.next(of: reader) {
                    let index = order.begin()
                    group.addTask { [recognizer, scheduler] in
                        let segments = try await scheduler.withLane(for: jobID) { lane in
                            try await Self.recognize(window, of: job, with: recognizer, on: lane)
                        }
                        return .recognized(index: index, segments: segments)
                    }
                }
                guard order.outstanding > 0, let step = try await group.next() else { break }
                switch step {
                case .recognized(let index, let segments):
                    for segment in order.finish(index, with: segments).joined() { try await report(.segment(segment)) }
                case .tick:
                    try await report(.working)
                    group.addTask { try await Self.tick() }
                }
            } while true
            group.cancelAll()
        }
        try await report(.done(duration: reader.duration, damagedPackets: reader.damagedPackets))
    }

    private static func tick() async throws -> Step {
        try await Task.sleep(for: .seconds(1))
        return .tick
    }

    private static func next(of reader: WindowReader) async throws -> SpeechSegment? {
        do throws(AudioError) {
            return try await reader.next()
        } catch {
            throw TranscriptionError(error)
        }
    }

    private static func recognize(
        _ window: SpeechSegment, of job: TranscriptionJob, with recognizer: Recognizer, on lane: DecodeLane
    ) async throws -> [Transcript.Segment] {
        do throws(RecognitionError) {
            return try await lane.recognize(window, with: recognizer, language: job.language)
        } catch {
            throw TranscriptionError(error)
        }
    }
}
