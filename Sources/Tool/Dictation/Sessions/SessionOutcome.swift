/// The outcome of a session, or of a part of it.
public struct SessionOutcome: Sendable, Equatable {
    /// Whether something failed, which has been reported.
    public var hasFailed = false
    /// Whether there was a text.
    public var hasText = false
    /// Whether a text could not be copied.
    public var lacksCopy = false

    /// Nothing was said.
    public static let silent = SessionOutcome()
    /// A text was delivered.
    public static let delivered = SessionOutcome(hasText: true)
    /// A text was delivered, but not copied.
    public static let notCopied = SessionOutcome(hasText: true, lacksCopy: true)
    /// Something failed.
    public static let failed = SessionOutcome(hasFailed: true)

    /// Adds the outcome of another part.
    public static func += (whole: inout SessionOutcome, part: SessionOutcome) {
        whole.hasFailed = whole.hasFailed || part.hasFailed
        whole.hasText = whole.hasText || part.hasText
        whole.lacksCopy = whole.lacksCopy || part.lacksCopy
    }
}
