import NIOCore
import TestSupport
import Testing

@testable import EngineLink

/// Sound on the link.
@Suite struct HeardSoundTests {
    @Test(arguments: [
        HeardSound(samples: []), HeardSound(samples: [0.5, -1, 1, 0]), HeardSound(samples: [], speech: []),
        HeardSound(samples: [Float](repeating: 0.25, count: 1024), speech: [true, false]),
        HeardSound(
            samples: [Float](repeating: 1, count: HeardSound.mostSamples), speech: .init(repeating: true, count: 16)),
    ])
    func audioSurvivesTheRoundTrip(sound: HeardSound) {
        #expect(HeardSound(sound.frame) == sound)
        #expect(sound.frame.content.readableBytes <= HeardSound.longestFrame)
    }

    @Test(
        arguments: [
            [], [0], [0xFF, 0xFF, 1], [0, 2, 1], [0, 1, 2], [0, 0, 0, 0, 0], [0x7F, 0xFF, 0, 0],
        ] as [[UInt8]])
    func otherFramesAreNoAudio(bytes: [UInt8]) {
        #expect(HeardSound(Frame(.samples, ByteBuffer(bytes: bytes))) == nil)
        #expect(HeardSound(Frame(.bytes, ByteBuffer(bytes: bytes))) == nil)
    }

    @Test func samplesAreFiniteAndWithinFullScale() {
        let wild: [Float] = [.nan, .infinity, -.infinity, 2, -2, 0.5]
        #expect(HeardSound(HeardSound(samples: wild).frame)?.samples == [0, 1, -1, 1, -1, 0.5])
    }

    @Test func aNonblockingReceiverTakesAvailableFrames() throws {
        let ends = try LinkSocket.pair()
        let ours = LinkSocket(owning: ends.ours)
        let theirs = LinkSocket(owning: ends.theirs)
        func next() throws -> Frame? {
            if case .frame(let frame) = try theirs.receiveIfReady(limit: 100_000, within: .zero) { frame } else { nil }
        }
        #expect(try next() == nil)
        let frames = (0..<3).map { Frame(.bytes, ByteBuffer(repeating: UInt8($0), count: 30_000 * $0)) }
        for frame in frames { try ours.send(frame) }
        var received: [Frame] = []
        for _ in 1...10 { if let frame = try next() { received.append(frame) } }
        #expect(received == frames)
        #expect(!theirs.hasNews(within: .zero))
        ours.finish()
        #expect(theirs.hasNews(within: .zero))
        guard case .end = try theirs.receiveIfReady(limit: 100, within: .zero) else { throw NeverHappened("the end") }
        // The other direction is still open.
        try theirs.send(frames[1])
        #expect(try ours.receive(limit: 100_000) == frames[1])
    }

    @Test func aNonblockingReceiverRefusesOversizedFrames() throws {
        let ends = try LinkSocket.pair()
        let (ours, theirs) = (LinkSocket(owning: ends.ours), LinkSocket(owning: ends.theirs))
        try ours.send(Frame(.bytes, ByteBuffer(repeating: 0, count: 101)))
        #expect(throws: FrameError.tooLong(101, limit: 100)) { try theirs.receiveIfReady(limit: 100, within: .zero) }
    }
}
