/// A mistake in models.yaml that affects only a part of the file.
public struct RegistryProblem: Sendable, Equatable {
    /// The part of the file that a mistake affects.
    public enum Subject: Sendable, Hashable {
        /// The entry of this name under `models:`.
        case model(String)
        /// The line of this name under `aliases:`.
        case alias(String)
        /// A key at the top of the file, such as `default_model`.
        case setting(String)
        /// The file as a whole: an unknown key at its top.
        case file
    }

    /// The effect of a mistake: with a warning the subject is used, with an error it is not.
    public typealias Severity = FieldReader.Severity

    /// The path of the registry.
    public let file: String
    /// The line of the mistake, from 1.
    public let line: Int
    /// The part of the file that the mistake affects.
    public let subject: Subject
    /// The effect of the mistake.
    public let severity: Severity
    /// What is wrong and what to write instead.
    public let message: String
}

extension RegistryProblem: CustomStringConvertible {
    /// The mistake in the format of compilers: `FILE:LINE: message`.
    public var description: String { "\(file):\(line): \(message)" }
}

/// The error for a registry that cannot be used at all.
public struct RegistryError: Error, Sendable, Equatable {
    /// The path of the registry.
    public let file: String
    /// The line of the mistake, from 1; `nil` if it is in no single line.
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
