import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ModelStore

/// Registries that are edited, and the watcher that detects it.
struct RegistryEditTests {
    private static let entry = """
          a:
            type: paraformer
            dir: a
            files: {paraformer: m.onnx, tokens: t.txt}

        """

    private func registry(_ text: String) throws -> ModelRegistry {
        let paths = ModelPaths(environment: ["HOME": "/home/u"], currentFolder: "/")
        return try ModelRegistry.parse(text, file: "/models.yaml", paths: paths)
    }

    @Test(arguments: [
        ("models:\n" + entry + "  b: {type: nonsense}\n", ["'nonsense'", "dir", "files"]),
        ("models:\n" + entry.replacing("paraformer", with: "nonsense"), ["Unknown type 'nonsense'"]),
        ("default_model: c\nmodels:\n" + entry, ["'default_model' is 'c'"]),
        ("num_threads: many\nmodels:\n" + entry, ["'num_threads' must be"]),
        ("aliases: {b: c}\nmodels:\n" + entry, ["'c' is no model"]),
        ("surprise: 1\nmodels:\n" + entry, []),
        ("models:\n" + entry.replacing("dir: a", with: "dir: b"), []),
    ])
    func aMistakeInAGoodEntryIsNew(text: String, parts: [String]) throws {
        let mistakes = try registry(text).mistakes(since: try registry("models:\n" + Self.entry))
        #expect(mistakes.count == parts.count, "\(mistakes)")
        for part in parts { #expect(mistakes.contains { $0.message.contains(part) }, "\(mistakes)") }
    }

    @Test func aMistakeInABrokenEntryIsNotNew() throws {
        let broken = "models:\n" + Self.entry + "  b: {type: nonsense}\n"
        #expect(try registry("num_threads: 2\n" + broken).mistakes(since: try registry(broken)) == [])
    }

    @Test func aRemovedRegistryIsNotRecreated() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: RegistryError.self) { () throws in _ = try ModelRegistry.reload(from: folder.paths) }
            #expect(try folder.contents == [])
            let first = try ModelRegistry.load(from: folder.paths)
            let second = try ModelRegistry.reload(from: folder.paths)
            #expect(first == second)
        }
    }

    /// An editor empties the file, then writes it; between that lies any time on a busy machine.
    @Test func aFileThatIsBeingWrittenIsReadWhenItIsWhole() async throws {
        try await withTemporaryFolder { folder in
            let text = "models:\n" + Self.entry
            let path = try folder.write(text, to: "asr2clip/models.yaml")
            let whole = try ModelRegistry.reload(from: folder.paths)
            let writer = open(path, O_WRONLY | O_TRUNC)
            let looks = Mutex(0)
            let patience = EditPatience(.seconds(1_000_000)) {
                looks.withLock { $0 += 1 }
                return false
            }
            async let read = Task.detached { try ModelRegistry.reload(from: folder.paths, patience) }.value
            try await eventually("it waits") { looks.withLock { $0 > 1 } }
            try FileHandle(fileDescriptor: writer, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
            close(writer)
            #expect(try await read == whole)
        }
    }

    @Test func aFileThatAProgramNeverClosesIsReadAsItIs() async throws {
        try await withTemporaryFolder { folder in
            let path = try folder.write("models:\n" + Self.entry, to: "asr2clip/models.yaml")
            let writer = open(path, O_WRONLY)
            defer { close(writer) }
            #expect(try ModelRegistry.reload(from: folder.paths, EditPatience(.zero)).entries.count == 1)
        }
    }

    /// The server reads the file in between.
    @Test func theWatchReportsAnEditBeforeItsFirstLook() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("a", to: "models.yaml")
            var watch = RegistryWatch(folder.path + "/models.yaml")
            try folder.write("edited", to: "models.yaml")
            #expect(watch.look() == false)
            #expect(watch.look() == true)
            #expect(watch.look() == false)
        }
    }

    @Test func theWatchReportsEachSettledEditOnce() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/models.yaml"
            try folder.write("a", to: "models.yaml")
            var watch = RegistryWatch(path)
            #expect(watch.look() == false)

            try folder.write("half", to: "models.yaml")
            #expect(watch.look() == false)
            try folder.write("all of it", to: "models.yaml")
            #expect(watch.look() == false)
            #expect(watch.look() == true)
            #expect(watch.look() == false)

            try FileManager.default.removeItem(atPath: path)
            #expect(watch.look() == false)
            #expect(watch.look() == true)
            try folder.write("back", to: "models.yaml")
            #expect(watch.look() == false)
            #expect(watch.look() == true)
            #expect(watch.look() == false)
        }
    }
}
