import Synchronization

/// Notes on the user's hints that had no effect, once for each.
final class UnusedHints: Sendable {
    private let told = Mutex<Set<String>>([])

    /// A note on hints that had no effect and were not in an earlier note.
    ///
    /// - Parameters:
    ///   - ignored: The fields of the request that had no effect.
    ///   - request: The request; hints that it does not give are left out.
    /// - Returns: `nil` if there is nothing new.
    func note(of ignored: [String], in request: TranscriptionRequest) -> String? {
        let given = [request.language == nil ? nil : "language", request.prompt == nil ? nil : "prompt"]
        let new = told.withLock { told in
            given.compactMap(\.self).filter { ignored.contains($0) && told.insert($0).inserted }
        }
        return new.isEmpty ? nil : "The model makes no use of the \(new.joined(separator: " and the "))."
    }
}
