import NIOCore

/// The names and addresses by which a machine reaches itself.
enum Loopback {
    /// Whether a host, written as in a URL but without brackets and in lower case, always means this machine.
    static func contains(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }  // RFC 6761, section 6.3
        return (try? SocketAddress(ipAddress: host, port: 0))?.isLoopback ?? false
    }

    /// Whether only this machine can reach a server that listens on this host. Asks the resolver about names.
    static func bounds(_ host: String) -> Bool {
        contains(host.lowercased())
            || (try? SocketAddress.makeAddressResolvingHost(host, port: 0))?.isLoopback ?? false
    }
}

extension SocketAddress {
    /// Whether packets to this address stay on this machine: 127.0.0.0/8, ::1, or a Unix socket.
    var isLoopback: Bool {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { $0[0] == 127 }
        case .v6(let address):
            withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                bytes.elementsEqual([UInt8](repeating: 0, count: 15) + [1])
                    || bytes[..<13].elementsEqual([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127])
            }
        case .unixDomainSocket: true
        }
    }
}
