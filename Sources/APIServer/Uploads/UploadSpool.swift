import BlockingWork
import Foundation
import NIOCore

/// Where uploads are kept while they are worked on: files that only this user may read, in a folder of this run's own.
struct UploadSpool: Sendable {
    private let directory: String
    private let metrics: ServerMetrics

    /// Uses an existing directory that only this user may enter.
    init(directory: String, metrics: ServerMetrics) {
        self.directory = directory
        self.metrics = metrics
    }

    /// Begins an upload.
    func begin() throws -> SpooledUpload {
        try SpooledUpload(path: "\(directory)/\(UUID().uuidString)", metrics: metrics)
    }
}

/// One uploaded file on disk; it is gone when the last reference to it goes.
actor SpooledUpload {
    private let executor = QueueExecutor(label: "upload")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Where the file is.
    nonisolated let path: String
    private let handle: FileHandle
    private let metrics: ServerMetrics
    private(set) var size = 0

    init(path: String, metrics: ServerMetrics) throws {
        self.path = path
        self.metrics = metrics
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit {
        unlink(path)
        metrics.spoolSize.decrement(by: Double(size))
    }

    /// Adds bytes to the file.
    func write(_ bytes: ByteBuffer) throws {
        try handle.write(contentsOf: bytes.readableBytesView)
        size += bytes.readableBytes
        metrics.spooledBytes.increment(by: bytes.readableBytes)
        metrics.spoolSize.increment(by: Double(bytes.readableBytes))
    }

    /// Ends the writing; the file stays.
    func close() throws {
        try handle.close()
    }
}
