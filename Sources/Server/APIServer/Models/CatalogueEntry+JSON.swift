import ModelFamilies
package import ModelStore
import SpeechTypes
package import TranscriptFormats

extension CatalogueEntry {
    /// What the catalogue says about a model, as `GET /v1/catalogue` and `asr2clip models search` write it after its name.
    package var members: [(String, JSONValue)] {
        [
            ("type", .string(family.rawValue)), ("languages", .array(languages.map { .string($0.code) })),
            ("description", .string(description)), ("licence", .string(licence ?? "unknown")),
            ("precision", .string(precision.rawValue)), ("parameters", parameters.map { .integer(Int($0)) } ?? nil),
            ("display_size_bytes", displaySize.map { .integer(Int($0)) } ?? nil), ("speed", .string(speed.rawValue)),
            ("capabilities", .array(capabilities.map { .string($0.rawValue) })), ("source", .string(source)),
        ]
    }
}
