import Hummingbird
import ServiceLifecycle
import Synchronization

/// Whether the server has been asked to stop.
final class ShutdownFlag: Sendable {
    private let flag = Atomic(false)

    var isRaised: Bool { flag.load(ordering: .relaxed) }

    func raise() { flag.store(true, ordering: .relaxed) }
}

/// Refuses requests that arrive on open connections after the server was asked to stop; earlier ones are finished.
struct ShutdownRefusal: RouterMiddleware {
    let flag: ShutdownFlag

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard !flag.isRaised else { throw APIError.shuttingDown }
        return try await next(request, context)
    }
}
