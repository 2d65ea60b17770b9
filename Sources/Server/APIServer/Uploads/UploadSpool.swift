import Concurrency
import Essentials
import NIOCore
import SystemPackage

/// Stores uploads while they are processed: as files that only this user may read, in a folder of this run.
struct UploadSpool: Sendable {
    /// The path of the folder, which only this user may enter.
    fileprivate let directory: String
    /// Makes the folder again if it has been removed.
    fileprivate let restore: @Sendable () throws -> Void
    fileprivate let metrics: ServerMetrics
    let room: UploadRoom

    /// Holds at most `maximum` uploads at the same time.
    init(
        directory: String, restore: @escaping @Sendable () throws -> Void = {}, maximum: Int, metrics: ServerMetrics
    ) {
        self.directory = directory
        self.restore = restore
        room = UploadRoom(maximum: maximum)
        self.metrics = metrics
    }

    /// Checks that an upload could be stored now; otherwise throws 503.
    func check() async throws { try await SpooledUpload(in: self, place: nil).make() }

    /// Starts the file of an upload, which is made while the first bytes arrive.
    func begin(in place: UploadRoom.Place) -> SpooledUpload {
        let upload = SpooledUpload(in: self, place: place)
        place.onDismissal { [weak upload] in
            Task { await upload?.discard() }
        }
        // If this fails, the first write fails in the same way, and that error is reported.
        Task { try? await upload.make() }
        return upload
    }
}

/// One uploaded file on disk, deleted with the last reference.
///
/// Disks may block. So all work on the file, its deletion included, is done on a queue of its own.
actor SpooledUpload {
    private let executor = QueueExecutor(label: "upload")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let path: String
    private var state = State.new
    private let spool: UploadSpool
    private let place: UploadRoom.Place?
    private var size = 0

    private enum State {
        case new
        case open(SystemPackage.FileDescriptor)
        case complete
        /// It was ended to make room for others.
        case discarded
    }

    fileprivate init(in spool: UploadSpool, place: UploadRoom.Place?) {
        path = "\(spool.directory)/\(UniqueID())"
        self.spool = spool
        self.place = place
    }

    deinit {
        executor.run { [state, path, spool, size] in
            if case .open(let file) = state { try? file.close() }
            unlink(path)
            spool.metrics.registry.add(-Double(size), to: .spoolSize)
        }
    }

    /// Makes the file, unless it exists already; throws 503 if that fails.
    func make() throws {
        if case .new = state { _ = try file() }
    }

    /// Appends bytes; throws `APIError` if there is no room or the upload was ended to make room, and `Errno`.
    func write(_ bytes: ByteBuffer) async throws {
        let free = Self.freeBytes(on: try file())
        if place?.grow(by: bytes.readableBytes, free: free) == true {
            // Meanwhile this upload, or another one, is deleted from the disk.
            try await Task.sleep(for: .milliseconds(20))
        }
        let file = try file()
        try Self.reportingFullDisk { try file.writeAll(bytes.readableBytesView) }
        size += bytes.readableBytes
        spool.metrics.registry.add(Double(bytes.readableBytes), to: .spooledBytes)
        spool.metrics.registry.add(Double(bytes.readableBytes), to: .spoolSize)
    }

    /// Appends the last bytes and closes the file, which stays on disk; throws like `write`, since some file systems
    /// allocate only now.
    func end(with bytes: ByteBuffer) async throws {
        try await write(bytes)
        let file = try file()
        state = .complete
        place?.leave()
        try Self.reportingFullDisk { try file.close() }
    }

    /// Deletes the file, unless it is complete.
    func discard() {
        switch state {
        case .complete, .discarded: return
        case .new: break
        case .open(let file):
            try? file.close()
            unlink(path)
        }
        state = .discarded
        place?.leave()
    }

    /// The free bytes of the disk for this user.
    private static func freeBytes(on file: SystemPackage.FileDescriptor) -> Int {
        var status = statvfs()
        guard fstatvfs(file.rawValue, &status) == 0 else { return .max }
        let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }

    private func file() throws -> SystemPackage.FileDescriptor {
        switch state {
        case .open(let file): return file
        case .complete: throw Errno.badFileDescriptor
        case .discarded: throw APIError.uploadGaveWay
        case .new:
            let file = try made()
            state = .open(file)
            return file
        }
    }

    private func made() throws -> SystemPackage.FileDescriptor {
        func open() throws -> SystemPackage.FileDescriptor {
            try SystemPackage.FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
        do {
            return try Self.reportingFullDisk {
                do {
                    return try open()
                } catch Errno.noSuchFileOrDirectory {
                    try spool.restore()
                    return try open()
                }
            }
        } catch let error as APIError {
            throw error
        } catch {
            // Its folder cannot be written or made again, or the server lacks what is freed when requests end.
            let cause = error as? Errno ?? .ioError
            let isShortage = [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory].contains(cause)
            throw APIError.unavailable(
                isShortage ? "server_overloaded" : "storage_unavailable",
                "The server cannot keep an upload now: \(cause). Try again later. The server's administrator should"
                    + " look at its folder for temporary files (TMPDIR).",
                retryAfter: .seconds(5))
        }
    }

    /// Runs a write. If it fails because the disk, the user's quota or the limit on the size of files is used up, it
    /// throws 503 instead: other uploads may end and free their room.
    @discardableResult
    private static func reportingFullDisk<Result>(_ write: () throws -> Result) throws -> Result {
        do {
            return try write()
        } catch let error as Errno where [.noSpace, .diskQuotaExceeded, .fileTooLarge].contains(error) {
            throw APIError(
                status: .serviceUnavailable, code: "storage_full",
                message: "The server has no room left on its disk for this upload. Send a smaller file, or try again"
                    + " later. The server's administrator can free space in its folder for temporary files, or choose"
                    + " another with TMPDIR.",
                parameter: "file", retryAfter: .seconds(10), abandonsBody: true)
        }
    }
}
