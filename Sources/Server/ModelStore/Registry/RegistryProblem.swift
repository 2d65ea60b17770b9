/// A mistake in models.yaml that spares the rest of the file.
public struct RegistryProblem: Sendable, Equatable {
    /// What a mistake concerns.
    public enum Subject: Sendable, Hashable {
        /// The entry of this name under `models:`.
        case model(String)
        /// The line of this name under `aliases:`.
        case alias(String)
        /// A key at the top of the file, such as `default_model`.
        case setting(String)
        /// A key at the top of the file that means nothing.
        case file
    }

    /// What a mistake leads to: with a warning the subject is used, with an error it is not.
    public typealias Severity = FieldReader.Severity

    /// The path of the registry.
    public let file: String
    /// The line of the mistake, from 1.
    public let line: Int
    /// What the mistake concerns.
    public let subject: Subject
    /// What the mistake leads to.
    public let severity: Severity
    /// What is wrong and what to write instead.
    public let message: String
}

extension RegistryProblem: CustomStringConvertible {
    /// The mistake as editors and compilers write it: `FILE:LINE: message`.
    public var description: String { "\(file):\(line): \(message)" }
}

/// A registry that cannot be used at all.
public struct RegistryError: Error, Sendable, Equatable {
    /// The path of the registry.
    public let file: String
    /// The line of the mistake, from 1; `nil` if it is not in a line.
    public let line: Int?
    /// What is wrong and what to do.
    public let message: String

    init(file: String, line: Int? = nil, _ message: String) {
        self.file = file
        self.line = line
        self.message = message
    }
}

extension RegistryError: CustomStringConvertible {
    /// The error in one line: `FILE:LINE: message`.
    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
