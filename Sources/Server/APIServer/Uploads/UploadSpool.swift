import Concurrency
import Essentials
import NIOCore
import SystemPackage

/// Stores uploads while they are processed: as files that only this user may read, in a folder of this run.
struct UploadSpool: Sendable {
    private let directory: String
    private let restore: @Sendable () throws -> Void
    private let room: UploadRoom
    private let metrics: ServerMetrics

    /// Uses a directory that only this user may enter.
    ///
    /// - Parameters:
    ///   - directory: Its path.
    ///   - restore: Makes the directory again if it has been removed.
    ///   - maximum: The most uploads at the same time.
    ///   - metrics: Where uploads are counted.
    init(
        directory: String, restore: @escaping @Sendable () throws -> Void = {}, maximum: Int, metrics: ServerMetrics
    ) {
        self.directory = directory
        self.restore = restore
        room = UploadRoom(maximum: maximum)
        self.metrics = metrics
    }

    /// Checks that an upload could be stored now.
    ///
    /// - Throws: `StorageFull`, `SpoolUnavailable`.
    func check() async throws {
        try await makeUpload(in: nil).make()
    }

    private func makeUpload(in place: UploadRoom.Place?) -> SpooledUpload {
        SpooledUpload(path: "\(directory)/\(UniqueID())", place: place, restore: restore, metrics: metrics)
    }

    /// Admits an upload whose body begins.
    ///
    /// - Throws: `APIError` if there are too many.
    func enter(_ client: UploadingClient) throws(APIError) -> UploadRoom.Place {
        try room.enter(client)
    }

    /// Starts the file of an upload, which is made while the first bytes arrive.
    func begin(in place: UploadRoom.Place) -> SpooledUpload {
        let upload = makeUpload(in: place)
        place.onDismissal { [weak upload] in
            Task { await upload?.discard() }
        }
        // If this fails, the first write fails in the same way, and that error is reported.
        Task { try? await upload.make() }
        return upload
    }
}

/// There is no room for an upload: the disk, the user's quota or the limit on the size of files is used up.
struct StorageFull: Error {
    /// Runs a write; if it fails for lack of room, throws `StorageFull` instead of the error.
    @discardableResult
    static func check<Result>(_ write: () throws -> Result) throws -> Result {
        do {
            return try write()
        } catch let error as Errno where causes.contains(error) {
            throw StorageFull()
        }
    }

    static let causes: [Errno] = [.noSpace, .diskQuotaExceeded, .fileTooLarge]
}

/// No file can be made for an upload: its folder cannot be written or made again, or the server lacks a resource.
struct SpoolUnavailable: Error {
    let cause: Errno
    /// Whether the server lacks file descriptors or memory, which are freed when requests end.
    var isShortage: Bool { [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory].contains(cause) }
}

/// One uploaded file on disk, deleted with the last reference.
///
/// Disks may block. So all work on the file, its deletion included, is done on a queue of its own.
actor SpooledUpload {
    private let executor = QueueExecutor(label: "upload")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The path of the file.
    nonisolated let path: String
    private var state = State.new
    private let place: UploadRoom.Place?
    private let restore: @Sendable () throws -> Void
    private let metrics: ServerMetrics
    private var size = 0

    private enum State {
        case new
        case open(SystemPackage.FileDescriptor)
        case complete
        /// It was ended to make room for others.
        case discarded
    }

    init(
        path: String, place: UploadRoom.Place?, restore: @escaping @Sendable () throws -> Void, metrics: ServerMetrics
    ) {
        self.path = path
        self.place = place
        self.restore = restore
        self.metrics = metrics
    }

    deinit {
        executor.run { [state, path, metrics, size] in
            if case .open(let file) = state { try? file.close() }
            unlink(path)
            metrics.spoolSize.decrement(by: Double(size))
        }
    }

    /// Makes the file, unless it exists already.
    ///
    /// - Throws: `StorageFull`, `SpoolUnavailable`.
    func make() throws {
        if case .new = state { _ = try file() }
    }

    /// Appends bytes to the file, which must not be complete yet.
    ///
    /// - Throws: `StorageFull`, `SpoolUnavailable`, `Errno`, or `APIError` if the upload was ended to make room.
    func write(_ bytes: ByteBuffer) async throws {
        let free = Self.freeBytes(on: try file())
        if place?.grow(by: bytes.readableBytes, free: free) == true {
            // Meanwhile this upload, or another one, is deleted from the disk.
            try await Task.sleep(for: .milliseconds(20))
        }
        let file = try file()
        try StorageFull.check { try file.writeAll(bytes.readableBytesView) }
        size += bytes.readableBytes
        metrics.spooledBytes.increment(by: bytes.readableBytes)
        metrics.spoolSize.increment(by: Double(bytes.readableBytes))
    }

    /// Appends the last bytes and closes the file, which stays on disk.
    ///
    /// - Throws: `StorageFull`, since some file systems allocate only now, or `Errno`.
    func end(with bytes: ByteBuffer) async throws {
        try await write(bytes)
        let file = try file()
        state = .complete
        place?.leave()
        try StorageFull.check { try file.close() }
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
            let file = try StorageFull.check { try made() }
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
            do {
                return try open()
            } catch Errno.noSuchFileOrDirectory {
                try restore()
                return try open()
            }
        } catch let error as Errno where StorageFull.causes.contains(error) {
            throw error
        } catch {
            throw SpoolUnavailable(cause: error as? Errno ?? .ioError)
        }
    }
}
