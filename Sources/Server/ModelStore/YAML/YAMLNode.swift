/// A value in a YAML file, and the line it starts on.
public enum YAMLNode: Sendable {
    /// A text, a number, a truth value or null; the reader decides which.
    case scalar(Scalar)
    /// Keys with values.
    case mapping(Mapping)
    /// A list.
    case sequence([YAMLNode], line: Int)

    /// A single value that is not a list or a mapping.
    public struct Scalar: Sendable {
        /// The text, with quotes and escapes resolved.
        public let string: String
        /// Whether it is written without quotes, so that it may be a number, a truth value or null.
        public let isPlain: Bool
        /// The line it starts on, from 1.
        public let line: Int
    }

    /// Keys with values, in the order of the file.
    public struct Mapping: Sendable {
        /// The pairs; no scalar key occurs twice.
        public let pairs: [(key: YAMLNode, value: YAMLNode)]
        /// The line it starts on, from 1.
        public let line: Int

        /// Makes a mapping of pairs.
        public init(_ pairs: [(key: YAMLNode, value: YAMLNode)] = [], line: Int = 1) {
            self.pairs = pairs
            self.line = line
        }
    }

    /// The line it starts on, from 1; for an alias, that of its target.
    public var line: Int {
        switch self {
        case .scalar(let scalar): scalar.line
        case .mapping(let mapping): mapping.line
        case .sequence(_, let line): line
        }
    }

    /// The scalar; `nil` if this is none.
    public var scalar: Scalar? {
        guard case .scalar(let scalar) = self else { return nil }
        return scalar
    }
}

/// The error for a text that is not readable YAML.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line of the error, from 1; `nil` if there is none.
    public let line: Int?
    /// What is wrong and what to do, in sentences.
    public let description: String
}
