import Concurrency
import Essentials
import ModelFamilies
import Synchronization

/// Reports whether a slow load is still reading the model, from a slow disk or over a network: it reads the files
/// beside the library, which then finds them in the page cache. If a load hangs while computing, nothing is reported.
final class LoadProgress: Sendable {
    /// A faster load is not worth reading the files twice.
    private static let patience = Duration.seconds(2)
    /// The least time between two reports.
    private static let interval = Duration.seconds(1)
    private static let piece = 1 << 20

    private let hasEnded = Atomic(false)

    /// Starts to read the files. `report` is called at most once a second, and only if more has been read since.
    init(of model: ModelSpecification, report: @escaping @Sendable () -> Void) {
        let paths = model.paths
        // If the thread cannot be started, nothing is reported.
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

    func end() { hasEnded.store(true, ordering: .relaxed) }
}
