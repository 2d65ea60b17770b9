import Foundation
public import Testing

/// What Tests/Fixtures/audio/manifest.json says of the recordings.
public struct Manifest: Decodable, Sendable {
    /// One recording and the text each family makes of it.
    public struct Recording: Decodable, Sendable, CustomTestStringConvertible {
        /// Its name under Tests/Fixtures/audio.
        public let file: String
        /// What is spoken, `none` for silence and noise.
        public let language: String?
        /// Seconds.
        public let duration: Double
        /// Expected texts by family, for families that know its language.
        public let expected: [String: Expectation]

        /// The file's name.
        public var testDescription: String { file }

        /// What a family writes when it is told to expect a language, which changes nothing where it is the one spoken.
        public func result(of family: String, language: String? = nil) -> Expectation.Result? {
            let settings = expected[family]?.bySetting ?? [:]
            return settings[language ?? "auto"] ?? settings["auto"]
        }
    }

    /// What a family writes, by its language setting: `auto`, `en`, `zh`, `translate`; only `auto` where it has none.
    public struct Expectation: Decodable, Sendable {
        /// What a family writes with one setting.
        public struct Result: Decodable, Sendable {
            /// The language reported, as the family writes it.
            public let lang: String?
            /// The text.
            public let text: String
            /// The text after inverse text normalisation, where it differs by that.
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
            /// What is said.
            public let text: String
            /// Seconds from the start of the recording.
            public let start, end: Double
        }
        /// Its name under Tests/Fixtures/audio.
        public let file: String
        /// Seconds.
        public let duration: Double
        /// What is said, in order.
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
