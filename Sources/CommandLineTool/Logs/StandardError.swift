import Foundation
import Synchronization

/// Standard error for lines that several threads write: none lands within another.
enum StandardError {
    private static let turn = Mutex(())

    static func write(_ line: String) {
        // Who logs cannot be told that nobody reads the log.
        turn.withLock { _ in try? FileHandle.standardError.write(contentsOf: Data(line.utf8)) }
    }
}
