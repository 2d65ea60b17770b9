import Basics
import BlockingWork
import Foundation
import NIOCore

/// A multipart/form-data body (RFC 7578) whose file is read as it is sent: fields first, then the file.
actor UploadBody {
    /// The content type that goes with the body.
    nonisolated let contentType: String
    /// The bytes of the whole body.
    nonisolated let length: Int64

    private static let pieceSize = 1 << 18
    private let executor = QueueExecutor(label: "upload")
    private let handle: FileHandle
    private var head: ByteBuffer?
    private var tail: ByteBuffer?
    private var sent: Int64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the file.
    ///
    /// - Throws: `ClientError` (`unreadable`) if it cannot be read.
    init(_ fields: [(name: String, value: String)], file: String, fileName: String) throws(ClientError) {
        guard let handle = FileHandle(forReadingAtPath: file), let size = try? handle.seekToEnd(),
            (try? handle.seek(toOffset: 0)) != nil
        else {
            throw ClientError(
                .unreadable, "The recording '\(file)' cannot be read. Check that it is there and may be read.")
        }
        let boundary = "asr2clip-" + UUID().uuidString
        var head = ""
        for (name, value) in fields {
            head += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        let name = fileName.replacing("\"", with: "%22").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        head += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
        head += "Content-Type: application/octet-stream\r\n\r\n"
        let tail = "\r\n--\(boundary)--\r\n"
        contentType = "multipart/form-data; boundary=\(boundary)"
        length = Int64(clamping: size).addingClamped(Int64(head.utf8.count + tail.utf8.count))
        self.handle = handle
        self.head = ByteBuffer(string: head)
        self.tail = ByteBuffer(string: tail)
    }

    /// The next piece; `nil` at the end.
    func next() throws -> ByteBuffer? {
        let piece = try nextPiece()
        sent += piece.map { Int64($0.readableBytes) } ?? 0
        return piece
    }

    private func nextPiece() throws -> ByteBuffer? {
        if let head = exchange(&head, with: nil) { return head }
        if let piece = try handle.read(upToCount: Self.pieceSize), !piece.isEmpty { return ByteBuffer(bytes: piece) }
        return exchange(&tail, with: nil)
    }

    /// The pieces, to be read once.
    ///
    /// - Parameter onSent: Told what share of the body has been asked for, 0…1.
    /// - Returns: The pieces.
    nonisolated func pieces(
        onSent: @escaping @Sendable (Double) async throws -> Void
    ) -> AsyncThrowingStream<ByteBuffer, any Error> {
        AsyncThrowingStream {
            let piece = try await self.next()
            try await onSent(self.sentShare)
            return piece
        }
    }

    private var sentShare: Double { Double(sent) / Double(length) }
}
