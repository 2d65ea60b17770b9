/// A value of a YAML file, and the line it begins in.
public enum YAMLNode: Sendable {
    /// A text, a number, a truth value or nothing: which of them, the reader decides.
    case scalar(Scalar)
    /// Keys with values.
    case mapping(Mapping)
    /// A list.
    case sequence([YAMLNode], line: Int)

    /// One word or text.
    public struct Scalar: Sendable {
        /// The text, quotes and escapes resolved.
        public let string: String
        /// Whether it is written without quotes, so that it may be a number, a truth value or nothing.
        public let isPlain: Bool
        /// The line it begins in, from 1.
        public let line: Int
    }

    /// Keys with values, in the order of the file.
    public struct Mapping: Sendable {
        /// What is written; no scalar is a key twice.
        public let pairs: [(key: YAMLNode, value: YAMLNode)]
        /// The line it begins in, from 1.
        public let line: Int

        /// Wraps pairs.
        public init(_ pairs: [(key: YAMLNode, value: YAMLNode)] = [], line: Int = 1) {
            self.pairs = pairs
            self.line = line
        }
    }

    /// The line it begins in, from 1. Where an alias stands for it, that of what the alias stands for.
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

/// Why a text is no YAML that can be read.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line that is to blame, from 1; `nil` if none is.
    public let line: Int?
    /// What is wrong and what to do, in sentences.
    public let description: String
}
