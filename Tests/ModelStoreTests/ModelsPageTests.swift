import Foundation
import TestSupport
import Testing

@testable import ModelFamilies
@testable import ModelStore

/// Compares docs/models.md with the data of the families.
struct ModelsPageTests {
    private static let page = Result {
        try String(contentsOf: Fixtures.repository.appending(path: "docs/models.md"), encoding: .utf8)
    }

    @Test(arguments: [ModelsPage.families, ModelsPage.options])
    func theDocumentedTablesMatchTheFamilies(table: String) throws {
        #expect(try Self.page.get().contains(table), "docs/models.md must have this table:\n\(table)")
    }

    @Test func theDocumentedEntriesAreValid() throws {
        let blocks = try Self.page.get().components(separatedBy: "```").enumerated()
            .filter { $0.offset % 2 == 1 && $0.element.hasPrefix("yaml\n") }.map { String($0.element.dropFirst(5)) }
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")
        let registries = try blocks.map { try ModelRegistry.parse($0, file: "docs/models.md", paths: paths) }
        #expect(registries.flatMap(\.problems) == [])
        let entries = registries.flatMap(\.entries)
        #expect(Set(entries.map(\.family)) == Set(ModelFamily.allCases))
        for layout in ModelFamily.allCases.flatMap(\.fileLayouts) {
            #expect(entries.contains { $0.files.keys.sorted() == layout }, "no entry has the files \(layout)")
        }
        for entry in entries {
            let url = try #require(entry.download?.url.absoluteString, "\(entry.name)")
            #expect(url.hasPrefix("https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/sherpa-onnx-"))
            #expect(entry.download?.archiveSubdir.map { url.hasSuffix("/\($0).tar.bz2") } == true, "\(entry.name)")
        }
    }
}

/// The tables of docs/models.md.
enum ModelsPage {
    /// The inputs and outputs of each family.
    static let families = table(
        [
            "type", "files", "own options", "window", "joined to", "languages", "batches", "decodes at once", "times",
            "confidence", "hints",
            "run here",
        ],
        ModelFamily.allCases.map { family in
            [
                code(family.rawValue), family.fileLayouts.map { codes($0) }.joined(separator: ", or "),
                codes(family.options.map(\.key).filter { !shared.contains($0) }), seconds(family.window),
                seconds(family.preferredSegment), languages(of: family), family.batching.rawValue,
                family.concurrency.rawValue, family.times.rawValue,
                family.tellsLogProbabilities ? "yes" : "no", family.hints.rawValue, tried(family),
            ]
        })

    /// The values and effect of each option.
    static let options = table(
        ["option", "value", "unless written", "what it does"],
        Dictionary(grouping: ModelFamily.allCases.flatMap(\.options), by: \.key).sorted { $0.key < $1.key }.map {
            key, same in
            let widest = same.max { $0.words.count < $1.words.count } ?? same[0]
            let standards = Set(same.compactMap(\.standard).map(\.description)).sorted()
            return [
                code(key), value(of: widest), standards.isEmpty ? "" : codes(standards, " or "), widest.meaning,
            ]
        })

    /// The options that every family has.
    private static let shared = ModelFamily.allCases.map { Set($0.options.map(\.key)) }.reduce(
        Set(ModelFamily.allCases[0].options.map(\.key))
    ) { $0.intersection($1) }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n") + "\n"
    }

    private static func languages(of family: ModelFamily) -> String {
        guard family.takesLanguage else { return "" }
        let names = family.languages.map { codes($0.map(\.code)) } ?? "those of the model's metadata"
        var text = names + "; detected unless told"
        if case .told(_, let otherwise) = family.setup.languages { text = names + "; \(code(otherwise)) unless told" }
        if case .atCreation = family.setup.languageSetting { text += "; each costs a model's memory" }
        return text
    }

    private static func tried(_ family: ModelFamily) -> String {
        guard ModelFamily.withFixture.contains(family) else { return "no" }
        return family == .moonshine ? "the starter model" : "a tiny model"
    }

    private static func value(of option: ModelOption) -> String {
        switch option.kind {
        case .flag: "true or false"
        case .wholeNumber(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .decimal(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .word(let words): codes(words, " or ")
        case .provider(let words): codes(words, " or ") + ", perhaps with `:FILE`"
        case .text: "text"
        case .file: "a file"
        case .files: "files, with commas between them"
        }
    }

    private static func seconds(_ duration: Duration) -> String { "\(duration.components.seconds) s" }
    private static func code(_ text: String) -> String { "`\(text)`" }
    private static func codes(_ texts: [String], _ separator: String = ", ") -> String {
        texts.map(code).joined(separator: separator)
    }
}
