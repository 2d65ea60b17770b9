import BlockingWork
import Foundation
import NIOCore
import SystemPackage
import Transcription

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
    ///
    /// - Throws: `StorageFull`, or `Errno` for what nobody foresaw.
    func begin() throws -> SpooledUpload {
        try SpooledUpload(path: "\(directory)/\(SerialNumber())", metrics: metrics)
    }
}

/// There is no room for an upload: the disk, the user's quota or the limit on the size of files is used up.
struct StorageFull: Error {
    /// Throws what a failure to write means: `StorageFull`, or the failure itself.
    @discardableResult
    static func check<Result>(_ write: () throws -> Result) throws -> Result {
        do {
            return try write()
        } catch let error as Errno where [.noSpace, .diskQuotaExceeded, .fileTooLarge].contains(error) {
            throw StorageFull()
        }
    }
}

/// One uploaded file on disk; it is gone when the last reference to it goes.
actor SpooledUpload {
    private let executor = QueueExecutor(label: "upload")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Where the file is.
    nonisolated let path: String
    /// `nil` once the writing has ended.
    private var file: SystemPackage.FileDescriptor?
    private let metrics: ServerMetrics
    private var size = 0

    init(path: String, metrics: ServerMetrics) throws {
        self.path = path
        self.metrics = metrics
        file = try StorageFull.check {
            try SystemPackage.FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
    }

    deinit {
        try? file?.close()
        unlink(path)
        metrics.spoolSize.decrement(by: Double(size))
    }

    /// Adds bytes to the file, which is not closed yet.
    ///
    /// - Throws: `StorageFull`, or `Errno`.
    func write(_ bytes: ByteBuffer) throws {
        guard let file else { throw Errno.badFileDescriptor }
        try StorageFull.check { try file.writeAll(bytes.readableBytesView) }
        size += bytes.readableBytes
        metrics.spooledBytes.increment(by: bytes.readableBytes)
        metrics.spoolSize.increment(by: Double(bytes.readableBytes))
    }

    /// Adds the last bytes and ends the writing; the file stays.
    ///
    /// - Throws: `StorageFull`, since some file systems look for room only now, or `Errno`.
    func end(with bytes: ByteBuffer) throws {
        try write(bytes)
        guard let file = exchange(&file, with: nil) else { return }
        try StorageFull.check { try file.close() }
    }
}
