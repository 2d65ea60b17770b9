import Concurrency
import Dispatch
import Essentials
import ModelFamilies
import Synchronization

/// Tells whether a model that takes long to load is still being read, from a slow disk or over a network: reads its files
/// beside the library, which finds them in the system's memory then. A load that computes for ever has nothing to tell.
final class LoadProgress: Sendable {
    /// A load that takes no longer is not worth reading twice.
    private static let patience = Duration.seconds(2)
    /// How often it is told.
    private static let interval = Duration.seconds(1)
    private static let piece = 1 << 20

    private let hasEnded = Atomic(false)

    /// Begins to look.
    ///
    /// - Parameters:
    ///   - model: What is being loaded.
    ///   - report: Called at most once a second, and only if more has been read since.
    init(of model: ModelSpecification, report: @escaping @Sendable () -> Void) {
        let paths = model.paths
        // Without a thread for it, nothing is told.
        _ = SystemThread.start { [self] in
            usleep(UInt32(Self.patience / .microseconds(1)))
            var last = ContinuousClock.now
            for path in paths {
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else { continue }
                defer { close(descriptor) }
                let room = UnsafeMutableRawPointer.allocate(byteCount: Self.piece, alignment: 16)
                defer { room.deallocate() }
                while !hasEnded.load(ordering: .relaxed), read(descriptor, room, Self.piece) > 0 {
                    guard ContinuousClock.now - last >= Self.interval else { continue }
                    last = .now
                    report()
                }
            }
        }
    }

    /// The model is loaded.
    func end() {
        hasEnded.store(true, ordering: .relaxed)
    }
}
