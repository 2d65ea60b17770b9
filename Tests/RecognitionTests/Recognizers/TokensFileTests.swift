import Foundation
import TestSupport
import Testing

@testable import ModelFamilies

@Suite struct TokensFileTests {
    @Test(arguments: ["sense_voice", "whisper", "paraformer", "transducer", "zipformer_ctc", "streaming_transducer"])
    func theTokensOfEveryFixtureAreAccepted(family: String) throws {
        try TokensFile.check(path: Fixtures.model(family, "tokens.txt"))
    }

    @Test func theTokensOfTheStarterModelAreAccepted() throws {
        try TokensFile.check(path: Fixtures.starterModel("tokens.txt"), vocabulary: 32_768)
    }

    @Test(arguments: [
        "a 0\nb 1\n", "a 0\nb 1", "a 0\r\nb 1\r\n", "a\t0\nb  1\n", " 31353\na 0\n", "  a 0  \nb 1\n", "a 0\n",
        "<blk> 0\n▁the 1\n中 2\n", "a 1\na 2\n", "1 0\n2 1\n", "a 0\n\nb 1\n\n", "\u{FF} 7\n", "a 0",
    ])
    func goodTokensAreAccepted(content: String) throws {
        try check(Data(content.utf8))
    }

    @Test(arguments: [
        ("a 0\nb\nc 2\n", 2), ("a 0\nb c 1\n", 2), ("a 0\nb one\n", 2), ("a\n", 1), ("a 0\n\nb\n", 3),
        ("a 0 \nb 1x\n", 2), ("a 99999999999\n", 1), ("<html>\n", 1), ("a 0\nb 1\nc 2\nd", 4), ("a 0.5\n", 1),
    ])
    func aBadLineIsNamedByItsNumber(content: String, line: Int) throws {
        let error = #expect(throws: ModelFileError.self) { try check(Data(content.utf8)) }
        #expect(error?.problem.hasPrefix("line \(line) is not 'symbol number'") == true, "\(error?.problem ?? "")")
    }

    @Test(arguments: ["", "\n", " \n"])
    func aFileWithoutTokensIsRefused(content: String) throws {
        #expect(throws: ModelFileError.self) { try check(Data(content.utf8)) }
    }

    @Test func tokensNeedNotBeText() throws {
        try check(Data([0xE4, 0xB8, 0x20, 0x30, 0x0A, 0xFF, 0x20, 0x31, 0x0A]))
    }

    @Test(arguments: [("a 0\nb 1\nc 2\n", 4, 3), ("a 0\nc 2\n", 3, 1), ("a 1\n", 1, 0)])
    func everyTokenOfTheModelIsRequired(content: String, vocabulary: Int, missing: Int) throws {
        let error = #expect(throws: ModelFileError.self) { try check(Data(content.utf8), vocabulary: vocabulary) }
        #expect(error?.problem.hasPrefix("has no token \(missing),") == true, "\(error?.problem ?? "")")
    }

    @Test(arguments: [-1, .min])
    func aNegativeTokenCountRequiresNoTokens(vocabulary: Int) throws {
        try check(Data("a 0\n".utf8), vocabulary: vocabulary)
    }

    @Test(arguments: [Int(Int32.max), Int.max])
    func anImpossibleTokenCountIsRefused(vocabulary: Int) {
        #expect(throws: ModelFileError.self) { try check(Data("a 0\n".utf8), vocabulary: vocabulary) }
    }

    @Test func aFarTooLongFileIsNotRead() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data("a 0\n".utf8), to: "tokens.txt")
        try #require(truncate(path, 1 << 40) == 0)
        for check in [{ _ = try ReadableFile.contents(path: path) }, { try TokensFile.check(path: path) }]
            as [() throws -> Void]
        {
            let error = #expect(throws: ModelFileError.self) { try check() }
            #expect(error?.problem == "has 1099511627776 bytes, which no such file has; fetch it again")
        }
        #expect(throws: ModelFileError.self) { () throws in _ = try BPEVocabulary(path: path) }
        #expect(throws: ModelFileError.self) { try HotwordsFile.check(path: path) }
        #expect(throws: ModelFileError.self) { try TokensFile.check(path: folder.path) }
    }

    @Test func extraTokensAreAccepted() throws {
        try check(Data("a 0\nb 1\n#0 2\n".utf8), vocabulary: 2)
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: ModelFileError.self) { try TokensFile.check(path: "/nowhere/tokens.txt") }
        #expect(error?.path == "/nowhere/tokens.txt")
    }

    private func check(_ content: Data, vocabulary: Int = 0) throws {
        let folder = try TemporaryFolder()
        try TokensFile.check(path: folder.write(content, to: "tokens.txt"), vocabulary: vocabulary)
    }
}
