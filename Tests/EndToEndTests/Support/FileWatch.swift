#if os(Linux)
    import Foundation
    import TestSupport

    /// Detects whether a file in a folder is opened (inotify(7)).
    final class FileWatch {
        private let descriptor: Int32

        /// Starts watching.
        init(folder: String) throws {
            descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            guard inotify_add_watch(descriptor, folder, UInt32(IN_OPEN)) >= 0 else {
                throw NeverHappened("a watch on \(folder): \(String(cString: strerror(errno)))")
            }
        }

        deinit {
            close(descriptor)
        }

        /// Whether a file was opened since the last call.
        func sawOpening() -> Bool {
            var events = [UInt8](repeating: 0, count: 64 * 1024)
            var isOpened = false
            while read(descriptor, &events, events.count) > 0 { isOpened = true }
            return isOpened
        }
    }
#endif
