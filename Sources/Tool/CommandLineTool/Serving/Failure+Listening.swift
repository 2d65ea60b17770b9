import APIServer
import Essentials
import NIOCore

extension Failure {
    /// Explains why the server could not start, or stopped.
    init(_ error: any Error, settings: ServerSettings) {
        let address = "\(settings.host):\(settings.port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            self.init("\(address) is taken by another program. Stop it, or choose another port with --port.")
        case EACCES:
            self.init("\(address) may not be listened on by this user. Choose a port above 1023 with --port.")
        case EADDRNOTAVAIL:
            self.init("This machine has no address \(settings.host). Choose another with --host.")
        default:
            self.init("The server on \(address) failed: \(error). Check --host and --port.")
        }
    }
}
