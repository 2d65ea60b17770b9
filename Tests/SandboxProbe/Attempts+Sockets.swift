#if os(Linux)
    import CSystemCalls
    import Foundation

    extension Attempts {
        var sockets: [Attempt] {
            [
                Attempt("a socket of any family", .sockets, .all(EPERM), run: anySocket),
                Attempt("a pair of streams", .sockets, .all(EPERM)) {
                    var pair: [Int32] = [0, 0]
                    return failure(of: socketpair(AF_UNIX, streams, 0, &pair))
                },
                Attempt("a pair for datagrams", .sockets, .all(EPERM)) {
                    var pair: [Int32] = [0, 0]
                    return failure(of: socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &pair))
                },
                Attempt("bind", .sockets, .all(EPERM)) { [self] in
                    withUnixAddress("new") { failure(of: bind(unboundSocket, $0, $1)) }
                },
                Attempt("listen", .sockets, .all(EPERM)) { [self] in
                    failure(of: listen(listeningSocket, 2))
                },
                Attempt("accept", .sockets, .all(EPERM)) { [self] in
                    failure(of: accept(listeningSocket, nil, nil))
                },
                Attempt("accept4", .sockets, .all(EPERM)) { [self] in
                    call(__NR_accept4, UInt(listeningSocket))
                },
                Attempt("connect", .sockets, .all(EPERM), run: connectAbroad),
                Attempt("connect on a thread from before", .sockets, .all(EPERM)) { [self] in earlyThread.run() },
                Attempt("connect to a Unix socket", .sockets, .all(EPERM)) { [self] in
                    withUnixAddress("listening") { failure(of: Glibc.connect(unconnectedSocket, $0, $1)) }
                },
                Attempt("send to an address", .sockets, .all(EPERM)) { [self] in
                    withAddress { failure(of: sendto(datagramSocket, "x", 1, 0, $0, $1)) }
                },
                Attempt("connect by sending", .sockets, .all(EPERM)) { [self] in
                    withAddress { failure(of: sendto(fastSocket, "x", 1, fastOpen, $0, $1)) }
                },
                Attempt("connect by sending a message", .sockets, .all(EPERM)) { [self] in
                    var message = msghdr()
                    return failure(of: sendmsg(fastSocket, &message, fastOpen))
                },
                Attempt("send many messages", .sockets, .all(ENOSYS)) { [self] in
                    call(__NR_sendmmsg, UInt(connectedPair.0), 0, 0, 0)
                },
                Attempt("a descriptor for the process at the other end", .others, .all(EPERM)) { [self] in
                    var descriptor: Int32 = -1
                    var length = socklen_t(MemoryLayout<Int32>.size)
                    return failure(of: getsockopt(connectedPair.0, SOL_SOCKET, peerDescriptor, &descriptor, &length))
                },
                Attempt("descriptors for those that send", .others, .all(EPERM)) { [self] in
                    var on: Int32 = 1
                    return failure(of: setsockopt(connectedPair.0, SOL_SOCKET, peerDescriptor - 1, &on, 4))
                },
                Attempt("what kind of socket it is", .none, .all(.done)) { [self] in
                    var (kind, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
                    return failure(of: getsockopt(connectedPair.0, SOL_SOCKET, SO_TYPE, &kind, &length))
                },
                Attempt("io_uring_setup", .sockets, .all(ENOSYS)) { call(__NR_io_uring_setup, 8) },
                Attempt("io_uring_enter", .sockets, .all(ENOSYS)) { call(__NR_io_uring_enter, 0) },
                Attempt("io_uring_register", .sockets, .all(ENOSYS)) { call(__NR_io_uring_register, 0) },
                Attempt("talk on a socket that is connected", .none, .all(.done)) { [self] in
                    var byte: UInt8 = 0
                    guard send(connectedPair.0, "x", 1, 0) == 1, recv(connectedPair.1, &byte, 1, 0) == 1 else {
                        return errno
                    }
                    return failure(of: shutdown(connectedPair.0, Int32(SHUT_RDWR)))
                },
                Attempt("send and take a message", .none, .listen(.done, others: EPERM)) { [self] in
                    var byte: UInt8 = 120
                    return withUnsafeMutableBytes(of: &byte) { bytes in
                        var piece = iovec(iov_base: bytes.baseAddress, iov_len: 1)
                        return withUnsafeMutablePointer(to: &piece) {
                            var message = msghdr()
                            message.msg_iov = $0
                            message.msg_iovlen = 1
                            guard sendmsg(otherPair.0, &message, 0) == 1 else { return errno }
                            return recvmsg(otherPair.1, &message, 0) == 1 ? 0 : errno
                        }
                    }
                },
            ]
        }

        /// Each family with each type; returns the first result other than EPERM.
        @Sendable private func anySocket() -> Attempt.Answer {
            for family in Int32(0)...50 {
                for type in Int32(0)...10 {
                    let answer = failure(of: socket(family, type, 0))
                    if answer != EPERM { return answer }
                }
            }
            return EPERM
        }
    }

    let streams = Int32(SOCK_STREAM.rawValue)
    private let peerDescriptor: Int32 = 77  // asm-generic/socket.h: SO_PEERPIDFD
    private let fastOpen: Int32 = 0x2000_0000  // linux/socket.h: MSG_FASTOPEN
#endif
