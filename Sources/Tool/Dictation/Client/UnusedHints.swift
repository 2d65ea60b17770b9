import Synchronization

/// Which hints of the user had no effect, each told once.
final class UnusedHints: Sendable {
    private let told = Mutex<Set<String>>([])

    /// A note on hints that have had none yet.
    ///
    /// - Parameters:
    ///   - ignored: The fields of the request that had no effect.
    ///   - request: The request; what the user did not give is not told.
    /// - Returns: `nil` if there is nothing new to tell.
    func note(of ignored: [String], in request: TranscriptionRequest) -> String? {
        let given = [request.language == nil ? nil : "language", request.prompt == nil ? nil : "prompt"]
        let new = told.withLock { told in
            given.compactMap(\.self).filter { ignored.contains($0) && told.insert($0).inserted }
        }
        return new.isEmpty ? nil : "The model makes no use of the \(new.joined(separator: " and the "))."
    }
}
