import Foundation
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import ModelStore

struct CatalogueTests {
    private static let catalogue = Catalogue.builtIn
    private static let file = Fixtures.repository.appending(path: "Sources/Server/CEmbedded/catalogue.yaml")
    private static let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")

    private func registry(_ entries: [CatalogueEntry]) throws -> ModelRegistry {
        try ModelRegistry.parse(
            "models:\n" + entries.map(\.registryYAML).joined(), file: "models.yaml", paths: Self.paths)
    }

    @Test func theFileIsReadWithoutMistakes() throws {
        #expect(Self.catalogue.mistakes == [])
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(Self.catalogue.entries == Catalogue(yaml: text).entries, "the program has another catalogue.yaml")
        #expect(Self.catalogue.entries.count == text.components(separatedBy: "\n    source: ").count - 1)
        #expect(Set(Self.catalogue.entries.map(\.family)) == Set(ModelFamily.allCases))
    }

    @Test(arguments: catalogue.entries)
    func eachEntryIsAGoodEntryOfModelsYAML(entry: CatalogueEntry) throws {
        let registry = try registry([entry])
        #expect(registry.problems == [])
        let model = try #require(registry.entries.first)
        #expect(model.name == entry.name)
        #expect(model.family == entry.family)
        #expect(model.directory == "/home/ada/.local/share/asr2clip/models/\(entry.directory)")
        #expect(model.files == entry.files)
        #expect(model.options == entry.registryOptions)
        #expect(model.options.language == (entry.languages.count == 1 ? entry.languages.first : nil))
        #expect(model.download == entry.download)
        #expect(entry.url.hasPrefix("https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/"))
        #expect(entry.download.archiveSubdir.map { entry.url.hasSuffix("/\($0).tar.bz2") } == true)
        #expect(URL(string: entry.source)?.scheme == "https")
        for language in entry.languages { #expect(try Language(parsing: language.code) == language) }
    }

    @Test func allEntriesFitIntoOneRegistry() throws {
        let registry = try registry(Self.catalogue.entries)
        #expect(registry.problems == [])
        #expect(registry.entries.map(\.name) == Self.catalogue.entries.map(\.name))
        #expect(Set(registry.entries.map(\.directory)).count == registry.entries.count, "two models have one folder")
    }

    @Test func asSizeOnlyAnExactOneIsWritten() throws {
        for entry in Self.catalogue.entries where entry.displaySize != nil {
            #expect(entry.registryYAML.contains("size:") == (entry.download.size != nil), "\(entry.name)")
        }
    }
}
