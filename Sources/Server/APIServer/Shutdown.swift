import Hummingbird
import Synchronization

/// How far the end of the server has come, and the middleware that refuses requests then.
///
/// First the server drains: it is not ready any more, so balancers stop sending requests, but it answers all that come.
/// Then it refuses requests that arrive on open connections; earlier ones are finished.
final class Shutdown: RouterMiddleware {
    private enum Stage: UInt8, AtomicRepresentable {
        case serving, draining, refusing
    }

    private let stage = Atomic(Stage.serving)

    /// Begins to drain, unless that has begun.
    func drain() { _ = stage.compareExchange(expected: .serving, desired: .draining, ordering: .relaxed) }

    func refuse() { stage.store(.refusing, ordering: .relaxed) }

    /// Whether the server is about to end, so that clients should not keep their connections.
    var hasBegun: Bool { stage.load(ordering: .relaxed) != .serving }

    func handle(_ request: Request, context: APIContext, next: NextHandler) async throws -> Response {
        guard stage.load(ordering: .relaxed) != .refusing else { throw APIError.shuttingDown }
        return try await next(request, context)
    }
}
