import Foundation
public import Testing

/// What Tests/Fixtures/audio/manifest.json says of the recordings.
public struct Manifest: Decodable, Sendable {
    /// One recording and the text each family makes of it.
    public struct Recording: Decodable, Sendable, CustomTestStringConvertible {
        public let file: String
        public let language: String?
        /// Seconds.
        public let duration: Double
        /// Expected texts by family, for families that know its language.
        public let expected: [String: Expectation]

        public var testDescription: String { file }
    }

    /// Either one text, or one for each language setting (`auto`, `en`, `zh`, `translate`).
    public struct Expectation: Decodable, Sendable {
        /// What a family writes with one setting.
        public struct Result: Decodable, Sendable {
            public let lang: String?
            public let text: String
            public let text_itn: String?
        }
        public let text: String?
        public let auto: Result?
        public let en: Result?
        public let zh: Result?
        public let translate: Result?
    }

    public let files: [Recording]

    /// The manifest of the repository.
    public static let shared: Manifest = {
        guard let data = FileManager.default.contents(atPath: Fixtures.audio("manifest.json")),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { return Manifest(files: []) }
        return manifest
    }()
}
