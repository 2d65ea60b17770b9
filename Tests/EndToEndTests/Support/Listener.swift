import NIOCore
import Synchronization
import TestSupport

/// The connections that were made to a listener so far.
final class Connections: Sendable {
    private let number = Atomic(0)

    /// The number of connections.
    var count: Int { number.load(ordering: .relaxed) }

    fileprivate func add() { number.add(1, ordering: .relaxed) }
}

/// Runs `body` with the port of a listener on this machine that counts connections and never responds.
func withListener<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (_ port: Int, Connections) async throws -> R
) async throws -> R {
    let connections = Connections()
    return try await withTestServer(
        serving: { connection in
            connections.add()
            try await connection.executeThenClose { _, _ in }
        }, isolation: isolation
    ) { port in try await body(port, connections) }
}
