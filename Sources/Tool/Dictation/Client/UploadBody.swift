import Essentials
import Concurrency
import Dispatch
import NIOCore
import Synchronization
import SystemPackage

/// A multipart/form-data body (RFC 7578) whose file is read as it is sent: fields first, then the file. The length is
/// fixed when the file is opened. If the file becomes shorter meanwhile, the request ends with an error; if it grows,
/// the added part is left out and `noteOnGrowth` says so.
final class UploadBody: Sendable {
    let contentType: String
    /// In bytes.
    let length: Int64

    private static let pieceSize = 1 << 18
    private let queue = DispatchQueue(label: "upload")
    private let file: String
    private let size: Int64
    private let descriptor: Int32
    private let head: ByteBuffer
    private let tail: ByteBuffer
    private let sent = Mutex<Int64>(0)
    private let hasGrown = Flag()

    init(_ fields: [(name: String, value: String)], file: String, fileName: String) throws(ClientError) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if descriptor >= 0 { close(descriptor) }
            throw ClientError(
                .unreadable, "The recording '\(file)' cannot be read. Check that it is there and may be read.")
        }
        let boundary = "asr2clip-" + UUID().uuidString
        var head = ""
        for (name, value) in fields {
            head += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        let name = fileName.quotedForForm
        head += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
        head += "Content-Type: application/octet-stream\r\n\r\n"
        let tail = "\r\n--\(boundary)--\r\n"
        contentType = "multipart/form-data; boundary=\(boundary)"
        size = Int64(status.st_size)
        length = size.addingClamped(Int64(head.utf8.count + tail.utf8.count))
        self.file = file
        self.descriptor = descriptor
        self.head = ByteBuffer(string: head)
        self.tail = ByteBuffer(string: tail)
    }

    deinit { close(descriptor) }

    /// A note for the user if the file grew while it was sent.
    var noteOnGrowth: String? {
        hasGrown.isSet ? "'\(file)' grew while it was sent; what was added is not in the text." : nil
    }

    /// The body's pieces, which can be read once. If the file cannot be read to its end, they end with `ClientError`
    /// (`unreadable`). `onSent` gets the share of the body that has been requested so far, 0…1.
    func pieces(onSent: @escaping @Sendable (Double) async throws -> Void) -> AsyncThrowingStream<ByteBuffer, any Error>
    {
        AsyncThrowingStream {
            let piece = try await self.next()
            try await onSent(Double(self.sent.withLock { $0 }) / Double(self.length))
            return piece
        }
    }

    private func next() async throws -> ByteBuffer? {
        let position = sent.withLock { $0 }
        let offset = position - Int64(head.readableBytes)
        let piece =
            switch offset {
            case ..<0: head
            case ..<size: try await abandonable(on: queue) { try self.read(at: offset) }
            case size: tail
            default: nil as ByteBuffer?
            }
        sent.withLock { $0 += Int64(piece?.readableBytes ?? 0) }
        return piece
    }

    private func read(at offset: Int64) throws(ClientError) -> ByteBuffer {
        let wanted = Int(min(Int64(Self.pieceSize), size - offset))
        var piece = ByteBuffer()
        let count = piece.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { bytes in
            let room = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(wanted))
            return (try? FileDescriptor(rawValue: descriptor).read(fromAbsoluteOffset: offset, into: room)) ?? 0
        }
        guard count > 0 else {
            throw ClientError(
                .unreadable, "'\(file)' became shorter while it was sent. Send it again when it is complete.")
        }
        var status = stat()
        if offset + Int64(count) == size, fstat(descriptor, &status) == 0, Int64(status.st_size) > size {
            hasGrown.set()
        }
        return piece
    }
}
