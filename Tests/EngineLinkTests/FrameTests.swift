import NIOCore
import TestSupport
import Testing

@testable import EngineLink

/// Frames are received unchanged, however they are split in transit; frames that are too long are rejected.
struct FrameTests {
    private func bytes(_ frames: [Frame]) -> ByteBuffer {
        frames.reduce(into: ByteBuffer()) { $1.write(into: &$0) }
    }

    @Test(arguments: 0..<100)
    func framesAreJoinedHoweverTheyAreChunked(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let frames = (0..<5).map { _ in
            Frame(
                Frame.Kind.allCases.randomElement(using: &generator) ?? .message,
                ByteBuffer(bytes: (0..<Int.random(in: 0...40, using: &generator)).map { UInt8($0) }))
        }
        var rest = bytes(frames)
        var buffer = ByteBuffer()
        var taken: [Frame] = []
        while rest.readableBytes > 0 {
            let count = min(Int.random(in: 1...9, using: &generator), rest.readableBytes)
            let piece = rest.readSlice(length: count)
            buffer.writeImmutableBuffer(try #require(piece))
            while let frame = try Frame.take(from: &buffer, limit: 40) { taken.append(frame) }
        }
        #expect(taken == frames)
        #expect(buffer.readableBytes == 0)
    }

    @Test func anOversizedFrameIsRefusedByItsLengthField() throws {
        var buffer = ByteBuffer(integer: UInt32(102))
        #expect(throws: FrameError.tooLong(101, limit: 100)) { try Frame.take(from: &buffer, limit: 100) }
        var exact = bytes([Frame(.bytes, ByteBuffer(repeating: 0, count: 100))])
        #expect(try Frame.take(from: &exact, limit: 100)?.content.readableBytes == 100)
        var largest = ByteBuffer(integer: UInt32.max)
        #expect(throws: FrameError.self) { try Frame.take(from: &largest, limit: 100) }
    }

    @Test(arguments: [UInt8(0), 4, 255])
    func aFrameOfAnUnknownKindIsRefused(kind: UInt8) {
        var buffer = ByteBuffer(integer: UInt32(1))
        buffer.writeInteger(kind)
        #expect(throws: FrameError.unknownKind(kind)) { try Frame.take(from: &buffer, limit: 100) }
        var empty = ByteBuffer(integer: UInt32(0))
        #expect(throws: FrameError.unknownKind(nil)) { try Frame.take(from: &empty, limit: 100) }
    }
}
