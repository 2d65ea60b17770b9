import Foundation
import TestSupport
import Testing

/// A mirror for models of the catalogue: one archive with the folder of each, in which are the files of a fixture model.
enum CatalogueMirror {
    /// The folders of their archives, by name. Models whose entries have a hash or a size cannot be mirrored so.
    static let folders = [
        "sense-voice-cantonese": "sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2025-09-09",
        "sense-voice-cantonese-int8": "sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2025-09-09",
        "sense-voice-zh-en-ja-ko-yue": "sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17",
    ]
    static let names = folders.keys.sorted()
    static let name = "sense-voice-cantonese-int8"

    /// Runs `body` with the mirror, which sends half of the archive before it is released.
    static func run<R: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: (HeldFile) async throws -> R
    ) async throws -> R {
        let archive = try await withTemporaryFolder { folder in
            let tokens = try Data(contentsOf: URL(filePath: Fixtures.model("sense_voice", "tokens.txt")))
            let model = try Data(contentsOf: URL(filePath: Fixtures.model("sense_voice", "model.onnx")))
            for path in folders.values {
                try folder.write(tokens, to: "\(path)/tokens.txt")
                for name in ["model.onnx", "model.int8.onnx"] { try folder.write(model, to: "\(path)/\(name)") }
            }
            let packing = try await runToEnd(
                "/usr/bin/tar", ["-C", folder.path, "-czf", folder.file("all.tar.gz")] + folders.values.sorted(),
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
            #expect(packing.status == .exited(0), "\(packing.error)")
            return try Data(contentsOf: URL(filePath: folder.file("all.tar.gz")))
        }
        return try await withHeldFile([UInt8](archive), body)
    }
}
