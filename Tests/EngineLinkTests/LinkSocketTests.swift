import Foundation
import NIOCore
import SystemPackage
import TestSupport
import Testing

@testable import EngineLink

/// A connection whose two ends are both in this process.
struct LinkSocketTests {
    private let ours: LinkSocket
    private let theirs: LinkSocket

    init() throws {
        let ends = try LinkSocket.pair()
        (ours, theirs) = (LinkSocket(owning: ends.ours), LinkSocket(owning: ends.theirs))
    }

    @Test func framesArriveInOrderFollowedByTheEnd() throws {
        let frames = (0..<3).map { Frame(.bytes, ByteBuffer(repeating: UInt8($0), count: $0 * 1000)) }
        let receiver = theirs
        try withTheOtherEndClosed { sender in
            for frame in frames { try sender.send(frame) }
        }
        for frame in frames { #expect(try receiver.receive(limit: 4000) == frame) }
        #expect(try receiver.receive(limit: 4000) == nil)
    }

    /// Sends over a connection of its own, whose other end is `theirs`.
    private func withTheOtherEndClosed(_ body: (LinkSocket) throws -> Void) throws {
        try body(ours)
        shutdown(ours.descriptor, Int32(SHUT_WR))
    }

    @Test func aPartialFrameAtTheEndIsIgnored() throws {
        var bytes = ByteBuffer()
        Frame(.message, ByteBuffer(string: "words")).write(into: &bytes)
        let half = Array(bytes.readableBytesView.dropLast())
        #expect(write(ours.descriptor, half, half.count) == half.count)
        shutdown(ours.descriptor, Int32(SHUT_WR))
        #expect(try theirs.receive(limit: 100) == nil)
    }

    /// The deadline is for the whole frame.
    @Test(arguments: [[], [0, 0], [0, 0, 0, 9, 1, 2]] as [[UInt8]])
    func aFrameThatIsIncompleteAtTheDeadlineTimesOut(bytes: [UInt8]) throws {
        #expect(write(ours.descriptor, bytes, bytes.count) == bytes.count)
        #expect(throws: FrameError.late(.milliseconds(50))) {
            try theirs.receive(limit: 100, within: .milliseconds(50))
        }
    }

    @Test func closingEndsAWaitInTheSameProcess() async throws {
        let waiting = Task.detached { [theirs] in try theirs.receive(limit: 100, within: .seconds(600)) }
        try await Task.sleep(for: .milliseconds(50))
        theirs.hangUp()
        #expect(try await waiting.value == nil)
        #expect(throws: Errno.brokenPipe) { try ours.send(Frame(.bytes, ByteBuffer())) }
    }

    @Test func aPassedDescriptorOpensTheSameFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data("found".utf8), to: "file")
        let descriptor = open(path, O_RDONLY)
        // The frame is read to its last byte and no further.
        try ours.send(Frame(.message, ByteBuffer(string: "order")))
        try ours.pass(descriptor)
        close(descriptor)
        #expect(try theirs.receive(limit: 100)?.content == ByteBuffer(string: "order"))
        let passed = try #require(theirs.takeDescriptor())
        defer { close(passed) }
        var text = [UInt8](repeating: 0, count: 10)
        #expect(read(passed, &text, 10) == 5)
        #expect(fcntl(passed, F_GETFD) & FD_CLOEXEC != 0)
        shutdown(ours.descriptor, Int32(SHUT_WR))
        #expect(theirs.takeDescriptor() == nil)
    }

    @Test func passingADescriptorDoesNotBlockOnABusyReceiver() throws {
        var count = 0
        let error = #expect(throws: Errno.self) {
            while count < 100_000 {
                try ours.pass(STDERR_FILENO)
                count += 1
            }
        }
        #expect(error == .resourceTemporarilyUnavailable || error == .tooManyReferences)
        #expect(count > 10)
    }

    @Test func aClosedPeerIsAnErrorAndNoSignal() throws {
        let sender: LinkSocket
        do {
            let ends = try LinkSocket.pair()
            sender = LinkSocket(owning: ends.ours)
            close(ends.theirs)
        }
        #expect(throws: Errno.brokenPipe) { try sender.pass(STDERR_FILENO) }
        #expect(throws: Errno.brokenPipe) { try sender.send(Frame(.message, ByteBuffer())) }
    }
}
