import EngineHost
import EngineLink
import Foundation
import NIOCore
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import Dictation

/// The sound of listening processes that work, end, or send invalid data.
@Suite struct ListenerTests {
    private let folder: TemporaryFolder
    private let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = RecordingStore(path: folder.file("recordings"))
    }

    private struct Outcome {
        var recordings: [Recording]
        var warnings: [String]
        var devices: [String]
        var error: (any Error)?

        /// The sound of the first recording.
        var samples: [Float] {
            guard let path = recordings.first?.path else { return [] }
            return (try? AudioBuffer.decoding(path).samples) ?? []
        }
    }

    /// Listens until this much sound has arrived, or until the sound ends.
    private func listen(
        to program: ScriptedEar, _ settings: ListeningSettings = ListeningSettings(mode: .untilStopped),
        patience: Duration = .seconds(4),
        until isEnough: @escaping @Sendable (_ heard: Duration, _ warnings: [String]) -> Bool = { _, _ in false }
    ) async throws -> Outcome {
        let (recordings, queue) = AsyncStream.makeStream(of: Utterance.self, bufferingPolicy: .unbounded)
        var listening = settings
        listening.patience = patience
        let heard = Mutex(Duration.zero)
        let warnings = Mutex<[String]>([])
        let devices = Mutex<[String]>([])
        let listener = Listener(
            listening, link: try MicrophoneLink(listening.order, program: program), store: store,
            report: { event in
                switch event {
                case .level(_, let time): heard.withLock { $0 = time }
                case .warning(let words): warnings.withLock { $0.append(words) }
                case .started(let device): devices.withLock { $0.append(device) }
                default: break
                }
            }, queue: queue)
        var outcome = Outcome(recordings: [], warnings: [], devices: [])
        do {
            try await listener.listen { !isEnough(heard.withLock { $0 }, warnings.withLock { $0 }) }
        } catch {
            outcome.error = error
        }
        for await utterance in recordings { outcome.recordings.append(utterance.recording) }
        outcome.warnings = warnings.withLock { $0 }
        outcome.devices = devices.withLock { $0 }
        return outcome
    }

    @Test func audioUntilTheEndIsKept() async throws {
        let program = ScriptedEar { socket, _ in
            try socket.begin()
            try socket.sound(0.5, samples: 20_000)
            socket.untilEnough()
            // It was recorded before the user stopped.
            try socket.sound(0.25, samples: 700)
        }
        let outcome = try await listen(to: program) { heard, _ in heard >= .seconds(1) }
        #expect(outcome.error == nil && outcome.devices == ["scripted"] && outcome.warnings.isEmpty)
        #expect(outcome.samples.count { $0 > 0.4 } == 20_000 && outcome.samples.count == 20_700)
    }

    @Test func aRestartedProcessContinuesAndTheGapIsReportedAsSilence() async throws {
        let program = ScriptedEar(
            { socket, _ in
                try socket.begin()
                try socket.sound(0.5, samples: 10_000)
            },
            { socket, order in
                #expect(order.device == "scripted")
                usleep(900_000)
                try socket.begin()
                try socket.sound(0.25, samples: 10_000)
                socket.untilEnough()
            })
        var settings = ListeningSettings(mode: .untilStopped)
        settings.device = "script"
        let outcome = try await listen(to: program, settings) { heard, _ in heard >= .seconds(1.25) }
        #expect(outcome.error == nil && outcome.devices == ["scripted"] && program.runs == 2)
        #expect(outcome.warnings.count == 1, "\(outcome.warnings)")
        let warning = try #require(outcome.warnings.first)
        #expect(warning.contains("signal 9") && warning.contains("missing"), "\(warning)")
        let samples = outcome.samples
        #expect(samples.prefix(10_000).allSatisfy { $0 > 0.4 })
        #expect(samples.suffix(10_000).allSatisfy { (0.2...0.3).contains($0) })
        let gap = samples.dropFirst(10_000).dropLast(10_000)
        #expect(gap.count > 0 && gap.allSatisfy { $0 == 0 }, "\(gap.count)")
    }

    @Test func stoppingDuringAGapIsReported() async throws {
        let program = ScriptedEar(
            { socket, _ in
                try socket.begin()
                try socket.sound(0.5, samples: 10_000)
            }, { socket, _ in socket.untilEnough() })
        let outcome = try await listen(to: program) { _, _ in program.runs == 2 }
        #expect(outcome.error == nil && outcome.samples.count == 10_000)
        #expect(outcome.warnings.first?.contains("of sound is missing") == true, "\(outcome.warnings)")
    }

    @Test func aLostDeviceEndsTheSessionWithTheAudioSoFar() async throws {
        let program = ScriptedEar(
            { socket, _ in
                try socket.begin()
                try socket.sound(0.5, samples: 10_000)
                try socket.say(.gone)
            }, { socket, _ in try socket.say(.failed("There is no device to record from.")) })
        let outcome = try await listen(to: program)
        let words = (outcome.error as? Failure)?.description
        #expect(words == "'scripted' gives no sound any more: was it unplugged?")
        #expect(outcome.samples.count == 10_000 && program.runs == 4)
    }

    @Test func aDeviceThatCannotBeOpenedIsReportedWithItsMessage() async throws {
        let program = ScriptedEar { socket, _ in try socket.say(.failed("There is no\u{1B}[2J device.")) }
        let outcome = try await listen(to: program)
        #expect((outcome.error as? Failure)?.description == "There is no[2J device.")
        #expect(program.runs == 1 && outcome.recordings.isEmpty)
    }

    @Test func aProcessThatEndsAtOnceIsNotRestarted() async throws {
        let program = ScriptedEar { _, _ in }
        let outcome = try await listen(to: program)
        #expect("\(outcome.error as Any)".contains("signal 9") && program.runs == 1)
    }

    @Test func aProcessThatNeverStartsTimesOut() async throws {
        let program = ScriptedEar { socket, _ in socket.untilEnough() }
        let start = ContinuousClock.now
        let outcome = try await listen(to: program) { _, _ in ContinuousClock.now - start > .milliseconds(100) }
        #expect(outcome.error == nil && outcome.recordings.isEmpty)
    }

    @Test func aMissingDetectorIsAnErrorOnlyIfNeeded() async throws {
        let program = ScriptedEar { socket, order in
            #expect(order.detector?.model == "/model.onnx")
            try socket.say(.began(device: "scripted", detectorFault: "wrongModel"))
            try socket.sound(0.5, samples: 10_000)
            socket.untilEnough()
        }
        var settings = ListeningSettings(mode: .untilStopped, detectorModel: "/model.onnx")
        let heard = try await listen(to: program, settings) { heard, _ in heard >= .milliseconds(500) }
        #expect(heard.error == nil && heard.recordings.first?.hasSpeech == nil)
        settings.mode = .utterances(silence: .seconds(1), longest: .seconds(60))
        let outcome = try await listen(to: program, settings)
        #expect("\(outcome.error as Any)".contains("'/model.onnx' cannot be loaded: wrongModel"))
        settings.detectorModel = nil
        #expect(throws: Failure.self) { try MicrophoneLink(settings.order, program: program) }
    }

    /// The messages of a compromised process, in every way that the link allows.
    private static let lies: [(name: String, script: ScriptedEar.Script)] = [
        ("sound before it begins", { socket, _ in try socket.sound(0.5, samples: 8000) }),
        (
            "endless sound",
            { socket, _ in
                try socket.begin()
                while true { try socket.sound(0.5, samples: 8000) }
            }
        ),
        (
            "a frame that is too long",
            { socket, _ in
                try socket.begin()
                try socket.send(Frame(.samples, ByteBuffer(repeating: 0, count: HeardSound.longestFrame + 4)))
                socket.untilEnough()
            }
        ),
        (
            "a frame that has no end",
            { socket, _ in
                try socket.begin()
                let header: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 2]
                guard write(socket.descriptor, header, header.count) == header.count else { return }
                socket.untilEnough()
            }
        ),
        (
            "more speech than sound",
            { socket, _ in
                try socket.begin()
                try socket.send(HeardSound(samples: [0.5], speech: [true]).frame)
                socket.untilEnough()
            }
        ),
        (
            "half a sample",
            { socket, _ in
                try socket.begin()
                try socket.send(Frame(.samples, ByteBuffer(bytes: [0xFF, 0xFF, 1])))
                socket.untilEnough()
            }
        ),
        (
            "a message of another kind",
            { socket, _ in
                try socket.begin()
                try socket.send(Frame(.message, ByteBuffer(string: "{\"began\":")))
                socket.untilEnough()
            }
        ),
        (
            "that it begins, twice",
            { socket, _ in
                try socket.begin()
                try socket.begin()
                socket.untilEnough()
            }
        ),
        (
            "endless warnings",
            { socket, _ in
                try socket.begin()
                var number = 0
                while true {
                    number += 1
                    try socket.say(.warning("\(number)" + String(repeating: "\u{7}w", count: 10_000)))
                }
            }
        ),
        (
            "endless losses",
            { socket, _ in
                try socket.begin()
                while true { for times in [Int.max, Int.min, 0] { try socket.say(.lost(times: times)) } }
            }
        ),
        (
            "nothing",
            { socket, _ in
                try socket.begin()
                socket.untilEnough()
            }
        ),
    ]

    @Test(arguments: lies.indices)
    func aProcessThatViolatesTheProtocolIsEndedWithoutUsingMemory(index: Int) async throws {
        let lie = Self.lies[index]
        let program = ScriptedEar(lie.script, { socket, _ in try socket.say(.failed("No more.")) })
        let before = try #require(ProcessTable.peakMemory(of: getpid()))
        let outcome = try await listen(to: program)
        #expect(outcome.error is Failure, "\(lie.name)")
        #expect(outcome.warnings.count <= 12 && outcome.warnings.allSatisfy { $0.count <= 400 }, "\(lie.name)")
        let after = try #require(ProcessTable.peakMemory(of: getpid()))
        #expect(after - before < 64 << 20, "\(lie.name)")
    }

    @Test func samplesThatAreNotNumbersAreReplaced() async throws {
        let program = ScriptedEar { socket, _ in
            try socket.begin()
            let samples = [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, .signalingNaN, 0.5]
            try socket.send(HeardSound(samples: samples).frame)
            try socket.sound(0.5, samples: 8000)
            socket.untilEnough()
        }
        let outcome = try await listen(to: program) { heard, _ in heard >= .milliseconds(500) }
        #expect(outcome.error == nil && outcome.samples.count == 8006)
        #expect(outcome.samples[0] == 0 && outcome.samples[1] > 0.99 && outcome.samples[2] < -0.99)
    }
}

/// When a listening process is restarted.
@Suite struct ListenRestartsTests {
    @Test func aDeviceThatFailsRepeatedlyIsGivenUp() {
        var restarts = ListenRestarts()
        let pauses = (0..<4).map { _ in restarts.pause(after: .seconds(1)) }
        #expect(pauses == [.zero, .milliseconds(300), .seconds(1), nil])
    }

    @Test func aLongRunResetsTheRestartLimit() {
        var restarts = ListenRestarts()
        for _ in 1...100 { #expect(restarts.pause(after: .seconds(10)) == .zero) }
        #expect(restarts.pause(after: .zero) == .milliseconds(300))
    }
}
