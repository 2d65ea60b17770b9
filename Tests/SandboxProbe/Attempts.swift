#if os(Linux)
    import CArchive
    import CSystemCalls
    import Foundation

    /// The calls to attempt in a sandbox. Resources from outside are opened when the object is created.
    final class Attempts: Sendable {
        /// The arguments of the probe.
        struct Surroundings: Sendable {
            /// A port of this machine with a listener.
            let port: UInt16
            /// A folder with `file` and the archives in it.
            let folder: String
            /// The ids of a System V shared memory segment, message queue and semaphore.
            let sharedMemory, messageQueue, semaphore: UInt
        }

        let surroundings: Surroundings
        let fastSocket = socket(AF_INET, streams, 0)
        let unboundSocket = socket(AF_UNIX, streams, 0)
        let unconnectedSocket = socket(AF_UNIX, streams, 0)
        let listeningSocket = socket(AF_UNIX, streams | Int32(SOCK_NONBLOCK.rawValue), 0)
        let datagramSocket = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        let connectedPair = Attempts.pair()
        let otherPair = Attempts.pair()
        let openFile: Int32
        let openFolder: Int32
        let status: Int32
        let terminal: Int32
        /// Descriptors of archives by their names.
        let archives: [(name: String, descriptor: Int32)]
        let earlyThread: EarlyThread

        var folder: String { surroundings.folder }
        var file: String { "\(folder)/file" }
        var new: String { "\(folder)/new" }

        init(_ surroundings: Surroundings) throws {
            self.surroundings = surroundings
            let folder = surroundings.folder
            openFile = open("\(folder)/file", O_RDWR)
            openFolder = open(folder, O_RDONLY | O_DIRECTORY)
            status = open("/proc/self/status", O_RDONLY)
            terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            archives = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("archive") }
                .map { ($0, open("\(folder)/\($0)", O_RDONLY)) }
            let port = surroundings.port
            earlyThread = EarlyThread { connect(to: port) }
            withUnixAddress("listening") { bind(listeningSocket, $0, $1) }
            listen(listeningSocket, 1)
        }

        var all: [Attempt] {
            sockets + programs + others + systemV + signals + scheduling + files + openings + machine + work
        }

        private static func pair() -> (Int32, Int32) {
            var pair: [Int32] = [0, 0]
            socketpair(AF_UNIX, streams, 0, &pair)
            return (pair[0], pair[1])
        }

        @Sendable func connectAbroad() -> Attempt.Answer { connect(to: surroundings.port) }

        func withAddress(_ use: (UnsafePointer<sockaddr>, socklen_t) -> Attempt.Answer) -> Attempt.Answer {
            withLoopback(surroundings.port, use)
        }

        @discardableResult
        func withUnixAddress(
            _ name: String, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Attempt.Answer
        ) -> Attempt.Answer {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(folder)/\(name).socket".utf8) }
            return withGeneric(&address, use)
        }
    }

    /// A socket from before the sandbox.
    private let internetSocket = socket(AF_INET, streams, 0)

    /// Creates the socket. Must be called before the sandbox is entered.
    func prepareInternetSocket() { _ = internetSocket }

    private func connect(to port: UInt16) -> Attempt.Answer {
        withLoopback(port) { failure(of: Glibc.connect(internetSocket, $0, $1)) }
    }

    private func withLoopback(
        _ port: UInt16, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Attempt.Answer
    ) -> Attempt.Answer {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withGeneric(&address, use)
    }

    private func withGeneric<Address>(
        _ address: inout Address, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Attempt.Answer
    ) -> Attempt.Answer {
        let size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { use($0, size) }
        }
    }
#endif
