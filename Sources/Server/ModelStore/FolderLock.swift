import Essentials

/// A lock on a folder (flock(2)) that tasks and processes of asr2clip take before they change a file in it. It leaves no
/// file behind, and the system frees it when its owner ends. Other programs do not know of it.
struct FolderLock {
    private let descriptor: Int32

    /// Waits for the lock, and blocks meanwhile; `nil` if the patience is over.
    static func take(_ folder: String, _ patience: EditPatience) throws(SystemError) -> FolderLock? {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open the folder", folder) }
        let lock = FolderLock(descriptor: descriptor)
        // If the file system has no locks (as some network file systems), this process assumes to be the only one.
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
            guard !patience.isOver else {
                lock.release()
                return nil
            }
            usleep(2000)
        }
        return lock
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Gives the lock back; called once.
    func release() {
        close(descriptor)
    }
}
