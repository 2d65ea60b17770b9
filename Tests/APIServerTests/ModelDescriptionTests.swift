import Testing

@testable import APIServer

struct ModelDescriptionTests {
    private func text(_ status: ModelDescription.Status, percent: Int?, aliasOf alias: String? = nil) -> String {
        ModelDescription(
            id: "voice", created: 7, aliasOf: alias, type: "sense_voice", languages: ["zh", "en"], status: status,
            downloadPercent: percent, aliases: ["whisper-1"], sizeInBytes: 9
        ).json.text
    }

    @Test func thePercentageIsThereWhileItIsKnown() {
        #expect(
            text(.downloading, percent: 45) == """
                {"id": "voice", "object": "model", "created": 7, "owned_by": "local", "type": "sense_voice", \
                "languages": ["zh", "en"], "status": "downloading", "download_percent": 45, \
                "aliases": ["whisper-1"], "size_bytes": 9}
                """)
        #expect(text(.downloading, percent: nil).contains("download_percent") == false)
        #expect(text(.loaded, percent: nil).contains(#""status": "loaded", "aliases""#))
    }

    @Test func anAliasNamesItsModel() {
        let text = text(.loaded, percent: nil, aliasOf: "other")
        #expect(text.contains(#""owned_by": "local", "alias_of": "other", "type""#))
    }
}
