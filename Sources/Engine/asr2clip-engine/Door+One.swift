import EngineLink
import Essentials
import Synchronization

extension Door {
    /// Waits for the first descriptor, which is the job's connection. Closes later ones.
    func connection() async -> LinkSocket {
        await withCheckedContinuation { continuation in
            let waiting = Mutex<CheckedContinuation<LinkSocket, Never>?>(continuation)
            open { descriptor in
                guard let continuation = waiting.withLock({ exchange(&$0, with: nil) }) else {
                    close(descriptor)
                    return
                }
                continuation.resume(returning: LinkSocket(owning: descriptor))
            }
        }
    }
}
