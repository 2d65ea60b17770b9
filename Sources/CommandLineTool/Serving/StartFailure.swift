import APIServer
import Foundation
import NIOCore

/// Why the server could not start, in words for whoever started it.
struct StartFailure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    /// Explains why the server does not run, or no longer.
    init(_ error: any Error, settings: ServerSettings) {
        let address = "\(settings.host):\(settings.port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            message = "\(address) is taken by another program. Stop it, or choose another port with --port."
        case EACCES:
            message = "\(address) may not be listened on by this user. Choose a port above 1023 with --port."
        case EADDRNOTAVAIL:
            message = "This machine has no address \(settings.host). Choose another with --host."
        default:
            message = "The server on \(address) failed: \(error). Check --host and --port."
        }
    }
}
