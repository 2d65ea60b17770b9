import Foundation
import ModelFamilies
import TestSupport
import Testing

@testable import Engines

struct ModelFilesStampTests {
    @Test func everyChangeOfTheFilesIsDetected() throws {
        let folder = try TemporaryFolder()
        let model = ModelSpecification(name: "any", family: .whisper, files: ["tokens": folder.file("tokens.txt")])
        let missing = ModelFilesStamp(of: model)
        let path = try folder.write(Data("a 0\n".utf8), to: "tokens.txt")
        let short = ModelFilesStamp(of: model)
        try folder.write(Data("a 0\nb 1\n".utf8), to: "tokens.txt")
        let long = ModelFilesStamp(of: model)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        let old = ModelFilesStamp(of: model)

        let stamps = [missing, short, long, old]
        for (index, stamp) in stamps.enumerated() {
            #expect(stamps.firstIndex(of: stamp) == index)
        }
        #expect(old == ModelFilesStamp(of: model))
    }

    @Test func aChangeOfAFileNamedByAnOptionIsDetected() throws {
        let folder = try TemporaryFolder()
        let words = try folder.write(Data("ADA\n".utf8), to: "words.txt")
        let model = ModelSpecification(
            name: "any", family: .transducer, files: [:], options: ModelOptions(["hotwords_file": .text(words)]))
        let before = ModelFilesStamp(of: model)
        try folder.write(Data("ADA\nEVE\n".utf8), to: "words.txt")
        #expect(before != ModelFilesStamp(of: model))
    }
}
