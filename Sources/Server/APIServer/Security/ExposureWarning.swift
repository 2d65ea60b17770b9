import NIOCore

/// The log's warning about a server that others can use without a key.
enum ExposureWarning {
    /// - Parameters:
    ///   - address: Where the server listens.
    ///   - hasKeys: Whether clients need a key.
    /// - Returns: `nil` if there is nothing to warn about.
    static func text(listeningOn address: SocketAddress?, hasKeys: Bool) -> String? {
        guard !hasKeys, let address, !address.isLoopback else { return nil }
        return "Everybody who reaches this machine over the network may use this server: it listens on"
            + " \(address.ipAddress ?? "a network address") and wants no API key. Set one with --api-key or"
            + " --api-key-file, or listen on this machine alone with --host 127.0.0.1."
    }
}
