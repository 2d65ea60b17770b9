import Concurrency
import Essentials
import NIOCore
import SystemPackage

/// A multipart/form-data body (RFC 7578) whose file is read while it is sent. It can be sent any number of times.
struct MultipartUpload: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let contentType: String
    /// In bytes.
    let length: Int64
    private let recording: UploadedRecording
    private let head: ByteBuffer
    private let tail: ByteBuffer

    /// The recording cannot be opened, or has become shorter.
    struct Unreadable: Error {}

    init(_ fields: [(name: String, value: String)], _ recording: UploadedRecording) {
        self.recording = recording
        let halves = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
        let boundary = "asr2clip-" + halves.joined()
        var head = ""
        for (name, value) in fields {
            head += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        let name = recording.isRawPCM ? "audio.wav" : recording.name.quotedForForm
        head += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
        head += "Content-Type: application/octet-stream\r\n\r\n"
        var bytes = ByteBuffer(string: head)
        if recording.isRawPCM { bytes.writeWaveHeader(for: recording.size) }
        self.head = bytes
        tail = ByteBuffer(string: "\r\n--\(boundary)--\r\n")
        contentType = "multipart/form-data; boundary=\(boundary)"
        length = Int64(recording.size).addingClamped(Int64(bytes.readableBytes + tail.readableBytes))
    }

    func makeAsyncIterator() -> Pieces { Pieces(self) }

    struct Pieces: AsyncIteratorProtocol {
        private let upload: MultipartUpload
        private var position = -1
        private var file: OpenFile?

        init(_ upload: MultipartUpload) { self.upload = upload }

        mutating func next() async throws -> ByteBuffer? {
            let size = upload.recording.size
            switch position {
            case -1:
                file = try await Self.open(upload.recording.path)
                position = 0
                return upload.head
            case ..<size:
                guard let file else { return nil }
                let (offset, count) = (position, Swift.min(MultipartUpload.pieceSize, size - position))
                let piece = await elsewhere { file.read(count, at: offset) }
                guard let piece, piece.readableBytes > 0 else { throw Unreadable() }
                position += piece.readableBytes
                return piece
            case size:
                position = size + 1
                return upload.tail
            default: return nil
            }
        }

        private static func open(_ path: String) async throws -> OpenFile {
            guard let file = await elsewhere({ OpenFile(path) }) else { throw Unreadable() }
            return file
        }
    }

    private static let pieceSize = 1 << 18

    /// A file that is open for reading.
    private final class OpenFile: Sendable {
        private let descriptor: SystemPackage.FileDescriptor

        init?(_ path: String) {
            guard let descriptor = try? SystemPackage.FileDescriptor.open(path, .readOnly, options: .closeOnExec) else {
                return nil
            }
            self.descriptor = descriptor
        }

        deinit { try? descriptor.close() }

        /// Reads up to `count` bytes; `nil` if that fails.
        func read(_ count: Int, at offset: Int) -> ByteBuffer? {
            var piece = ByteBuffer()
            let read = piece.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                let room = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(count))
                return (try? descriptor.read(fromAbsoluteOffset: Int64(offset), into: room)) ?? 0
            }
            return read > 0 ? piece : nil
        }
    }
}

extension ByteBuffer {
    /// Writes the head of a WAV file with so many bytes of samples: 16 bits, one channel, 16 kHz (RIFF, "WAVE" form).
    fileprivate mutating func writeWaveHeader(for bytes: Int) {
        let size = UInt32(clamping: bytes)
        writeString("RIFF")
        writeInteger(size.addingReportingOverflow(36).overflow ? .max : size + 36, endianness: .little)
        writeString("WAVEfmt ")
        writeInteger(UInt32(16), endianness: .little)
        writeInteger(UInt16(1), endianness: .little)  // PCM
        writeInteger(UInt16(1), endianness: .little)  // channels
        writeInteger(UInt32(16_000), endianness: .little)
        writeInteger(UInt32(32_000), endianness: .little)  // bytes a second
        writeInteger(UInt16(2), endianness: .little)  // bytes a sample
        writeInteger(UInt16(16), endianness: .little)  // bits a sample
        writeString("data")
        writeInteger(size, endianness: .little)
    }
}
