import Foundation
public import Testing

/// The data about the recordings in Tests/Fixtures/audio/manifest.json.
public struct Manifest: Decodable, Sendable {
    /// One recording and its expected text for each family.
    public struct Recording: Decodable, Sendable, CustomTestStringConvertible {
        /// Its name under Tests/Fixtures/audio.
        public let file: String
        /// The spoken language; `none` for silence and noise.
        public let language: String?
        /// Seconds.
        public let duration: Double
        /// Expected texts by family, for families that support its language.
        public let expected: [String: Expectation]

        /// The file's name.
        public var testDescription: String { file }

        /// A family's expected result with a language setting, which has no effect if it is the spoken language.
        public func result(of family: String, language: String? = nil) -> Expectation.Result? {
            let settings = expected[family]?.bySetting ?? [:]
            return settings[language ?? "auto"] ?? settings["auto"]
        }
    }

    /// A family's expected results by language setting: `auto`, `en`, `zh`, `translate`; only `auto` if it has no
    /// setting.
    public struct Expectation: Decodable, Sendable {
        /// A family's expected result with one setting.
        public struct Result: Decodable, Sendable {
            /// The reported language, in the family's notation.
            public let lang: String?
            /// The text.
            public let text: String
            /// The text after inverse text normalisation, if it is different.
            public let textITN: String?

            private enum CodingKeys: String, CodingKey {
                case lang, text
                case textITN = "text_itn"
            }
        }

        /// The results by setting.
        public let bySetting: [String: Result]

        /// Reads one text, or a text for each setting.
        public init(from decoder: any Decoder) throws {
            if let only = try? Result(from: decoder) {
                bySetting = ["auto": only]
            } else {
                bySetting = try [String: Result](from: decoder)
            }
        }
    }

    /// A minute of speech with pauses, in English.
    public struct Session: Decodable, Sendable {
        /// Words without a pause between them.
        public struct Utterance: Decodable, Sendable {
            /// The spoken text.
            public let text: String
            /// Seconds from the start of the recording.
            public let start, end: Double
        }
        /// Its name under Tests/Fixtures/audio.
        public let file: String
        /// Seconds.
        public let duration: Double
        /// The utterances, in order.
        public let utterances: [Utterance]
    }

    /// The recordings that can be recognised.
    public let files: [Recording]
    /// The long recording.
    public let session: Session

    /// The manifest of the repository.
    public static let shared: Manifest = {
        do {
            let file = URL(filePath: Fixtures.audio("manifest.json"))
            return try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: file))
        } catch {
            fatalError("The manifest of the fixtures cannot be read: \(error)")
        }
    }()
}
