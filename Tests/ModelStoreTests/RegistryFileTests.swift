import Foundation
import Subprocess
import Synchronization
import TestSupport
import Testing

@testable import ModelStore

/// Entries that are added to models.yaml on disk.
struct RegistryFileTests {
    private static let before = "# mine\nmodels:\n  a: {dir: a}\n"

    private func add(_ name: String, in folder: TemporaryFolder, file: String = "models.yaml") async throws {
        let paths = ModelPaths(
            environment: ["HOME": folder.path], registryFile: folder.file(file), currentFolder: folder.path)
        try await RegistryFile(paths).add(RegistryEditorTests.addition(name))
    }

    private func names(in folder: TemporaryFolder, _ file: String = "models.yaml") throws -> [String] {
        guard let text = folder.text(file), case .mapping(let top) = try YAMLNode.compose(text),
            case .mapping(let models) = top.pairs.first(where: { $0.key.scalar?.string == "models" })?.value
        else { return [] }
        return models.pairs.compactMap { $0.key.scalar?.string }
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status.st_mode
    }

    @Test(arguments: [0o600, 0o644, 0o664, 0o640] as [mode_t])
    func modeAndOwnerStay(wanted: mode_t) async throws {
        try await withTemporaryFolder { folder in
            let path = try folder.write(Self.before, to: "models.yaml")
            #expect(chmod(path, wanted) == 0)
            // Root may give files away; for others, the owner stays in any case.
            if geteuid() == 0 { #expect(chown(path, 12345, 54321) == 0) }
            try await add("new", in: folder)
            #expect(folder.text("models.yaml")?.hasPrefix(Self.before) == true)
            #expect(try names(in: folder) == ["a", "new"])
            #expect(try mode(path) & 0o7777 == wanted)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_uid == (geteuid() == 0 ? 12345 : geteuid()))
            #expect(status.st_gid == (geteuid() == 0 ? 54321 : status.st_gid))
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    @Test func aLinkStaysAndItsTargetIsEdited() async throws {
        try await withTemporaryFolder { folder in
            try folder.write(Self.before, to: "real/deep.yaml")
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("real/link.yaml"), withDestinationPath: "deep.yaml")
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("models.yaml"), withDestinationPath: "real/link.yaml")
            try await add("new", in: folder)
            #expect(try mode(folder.file("models.yaml")) & S_IFMT == S_IFLNK)
            #expect(try mode(folder.file("real/link.yaml")) & S_IFMT == S_IFLNK)
            #expect(try names(in: folder, "real/deep.yaml") == ["a", "new"])
            #expect(try folder.contents == ["models.yaml", "real", "real/deep.yaml", "real/link.yaml"])
        }
    }

    @Test func aMissingFileIsMadeOnlyInItsDefaultPlace() async throws {
        try await withTemporaryFolder { folder in
            let error = await #expect(throws: RegistryEditError.self) { try await add("new", in: folder) }
            #expect(error?.code == .unreadable)
            #expect(error?.description.contains("there is no such file") == true)
            #expect(try folder.contents == [])
            try await RegistryFile(folder.paths).add(RegistryEditorTests.addition())
            #expect(try names(in: folder, "asr2clip/models.yaml") == ["sensevoice-small", "new"])
            #expect(folder.text("asr2clip/models.yaml")?.hasPrefix(DefaultRegistry.yaml) == true)
        }
    }

    @Test(arguments: ["file", "folder"])
    func aReadOnlyPlaceIsAnErrorOfItsOwn(place: String) async throws {
        try await withTemporaryFolder { folder in
            try folder.write(Self.before, to: "d/models.yaml")
            let path = folder.file(place == "file" ? "d/models.yaml" : "d")
            #expect(chmod(path, place == "file" ? 0o444 : 0o555) == 0)
            defer { chmod(path, 0o755) }
            let error = await #expect(throws: RegistryEditError.self) {
                try await add("new", in: folder, file: "d/models.yaml")
            }
            #expect(error?.code == .readOnly)
            #expect(error?.description.hasPrefix("\(path) is read-only.") == true)
            #expect(error?.description.hasSuffix("\n  new:\n    dir: d\n    files:\n      model: m.onnx") == true)
            #expect(error?.message.contains(folder.path) == false)
            // A name that is there already is no reason to write.
            let taken = await #expect(throws: RegistryEditError.self) {
                try await add("a", in: folder, file: "d/models.yaml")
            }
            #expect(taken?.code == .nameTaken)
            #expect(try folder.contents == ["d", "d/models.yaml"])
            #expect(folder.text("d/models.yaml") == Self.before)
        }
    }

    @Test(arguments: ["models: [", "\u{FF}"])
    func aBrokenFileStays(text: String) async throws {
        try await withTemporaryFolder { folder in
            let data = text == "\u{FF}" ? Data([0xFF, 0x0A]) : Data(text.utf8)
            try folder.write(data, to: "models.yaml")
            let error = await #expect(throws: RegistryEditError.self) { try await add("new", in: folder) }
            #expect(error?.code == .unreadable)
            #expect(FileManager.default.contents(atPath: folder.file("models.yaml")) == data)
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    @Test func tenTasksAddTenEntries() async throws {
        try await withTemporaryFolder { folder in
            try folder.write(Self.before, to: "models.yaml")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<10 { group.addTask { try await add("n\(number)", in: folder) } }
                try await group.waitForAll()
            }
            #expect(Set(try names(in: folder)) == Set(["a"] + (0..<10).map { "n\($0)" }))
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    @Test func tenProcessesAddTenEntries() async throws {
        try await withTemporaryFolder { folder in
            let registry = try folder.write(Self.before, to: "models.yaml")
            let added = Catalogue.builtIn.entries.prefix(10).map(\.name)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in added {
                    group.addTask {
                        let result = try await runToEnd(
                            ServerProcess.path(of: "asr2clip"),
                            ["models", "add", "--no-fetch", name, "--config", registry],
                            environment: ["HOME": folder.path])
                        #expect(result.status == .exited(0), "\(result.error)")
                        #expect(result.output.hasPrefix("Added '\(name)' to "))
                    }
                }
                try await group.waitForAll()
            }
            #expect(Set(try names(in: folder)) == Set(["a"] + added))
            #expect(folder.text("models.yaml")?.hasPrefix(Self.before) == true)
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    /// How programs save a file.
    enum Saving: String, CaseIterable { case byRenaming, inPlace, inPlaceSlowly }

    /// An edit that was saved is never lost to an addition, whatever their order. An editor that read the file before an
    /// addition and saves after it overwrites that addition, as it would overwrite anybody's; it is then made again.
    @Test(arguments: Saving.allCases)
    func noEditIsLostToAdditions(saving: Saving) async throws {
        try await withTemporaryFolder { folder in
            try folder.write("mark: 0\n" + Self.before, to: "models.yaml")
            let isOver = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        repeat {
                            do {
                                try await add("n\(number)", in: folder)
                            } catch let error as RegistryEditError where error.code == .nameTaken {}
                            await Task.yield()
                        } while !isOver.value.load(ordering: .relaxed)
                        if try !names(in: folder).contains("n\(number)") { try await add("n\(number)", in: folder) }
                    }
                }
                defer { isOver.value.store(true, ordering: .relaxed) }
                for mark in 1...150 {
                    try await edit(folder, mark: mark, saving)
                    // It may be out of its place while it is being put back.
                    try await eventually("edit \(mark) is there") {
                        folder.text("models.yaml")?.hasPrefix("mark: \(mark)\n") == true
                    }
                }
                isOver.value.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            #expect(folder.text("models.yaml")?.hasPrefix("mark: 150\n# mine\nmodels:\n  a: {dir: a}\n") == true)
            #expect(Set(try names(in: folder)) == Set(["a"] + (0..<10).map { "n\($0)" }))
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    /// Changes the first line, as a person with an editor would.
    private func edit(_ folder: TemporaryFolder, mark: Int, _ saving: Saving) async throws {
        let path = folder.file("models.yaml")
        let old = try #require(folder.text("models.yaml"))
        let rest = try #require(old.split(separator: "\n", maxSplits: 1).last)
        let new = "mark: \(mark)\n" + rest
        switch saving {
        case .byRenaming:
            try folder.write(new, to: "models.yaml.editor")
            try #require(rename(path + ".editor", path) == 0)
        case .inPlace: try Data(new.utf8).write(to: URL(filePath: path))
        case .inPlaceSlowly:
            let file = open(path, O_WRONLY | O_TRUNC)
            try #require(file >= 0)
            for part in [new.utf8.prefix(9), new.utf8.dropFirst(9)] {
                let bytes = Array(part)
                #expect(write(file, bytes, bytes.count) == bytes.count)
                try await Task.sleep(for: .milliseconds(3))
            }
            close(file)
        }
    }

    /// Processes that are killed at any moment leave a whole registry, and the next one deletes their temporary files.
    @Test func killedProcessesLeaveNothingForEver() async throws {
        try await withTemporaryFolder { folder in
            let registry = try folder.write(Self.before, to: "models.yaml")
            let names = Catalogue.builtIn.entries.map(\.name)
            var generator = SeededGenerator(seed: 24)
            var kills = 0
            for name in names.prefix(60) {
                let life = Int.random(in: 0...60, using: &generator)
                let status = try await withProcess(
                    ServerProcess.path(of: "asr2clip"), ["models", "add", "--no-fetch", name, "--config", registry],
                    environment: ["HOME": folder.path]
                ) { process in
                    try await Task.sleep(for: .milliseconds(life))
                    process.signal(SIGKILL)
                    return try await process.exit()
                }
                if status == .signaled(SIGKILL) { kills += 1 }
                #expect(folder.text("models.yaml")?.hasPrefix(Self.before) == true)
                _ = try self.names(in: folder)
            }
            #expect(kills > 0)
            try await add("new", in: folder)
            #expect(try self.names(in: folder).last == "new")
            #expect(try folder.contents.filter { $0.contains("models.yaml") } == ["models.yaml"])
        }
    }

    // MARK: Leftovers of killed processes

    private static let new = "# mine\nmodels:\n  a: {dir: a}\n  b: 1\n"

    /// Makes what a process leaves that is killed between two steps: the new file's name says its number and what it
    /// replaces.
    private func leave(
        _ folder: TemporaryFolder, inPlace: String, beside: String, isSwapped: Bool
    ) throws {
        let ours = isSwapped ? "models.yaml" : "beside"
        try folder.write(inPlace, to: "models.yaml")
        try folder.write(beside, to: "beside")
        var status = stat()
        try #require(stat(folder.file(ours), &status) == 0)
        func digest(_ text: String) -> String { String(sha256(Array(text.utf8)).prefix(32)) }
        let name = ".models.yaml.asr2clip-\(status.st_ino)-\(digest(Self.before))-\(digest(Self.new))"
        try #require(rename(folder.file("beside"), folder.file(name)) == 0)
    }

    private func tidied(_ folder: TemporaryFolder) -> String? {
        let paths = ModelPaths(
            environment: ["HOME": folder.path], registryFile: folder.file("models.yaml"), currentFolder: folder.path)
        RegistryFile(paths).tidy()
        return folder.text("models.yaml")
    }

    @Test func aDraftIsDeleted() async throws {
        try await withTemporaryFolder { folder in
            try folder.write(Self.before, to: "models.yaml")
            try folder.write("mod", to: ".models.yaml.asr2clip-new")
            #expect(tidied(folder) == Self.before)
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    @Test func aNewFileThatWasNotPutInPlaceIsDeleted() async throws {
        try await withTemporaryFolder { folder in
            try leave(folder, inPlace: Self.before, beside: Self.new, isSwapped: false)
            #expect(tidied(folder) == Self.before)
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    @Test func theReplacedFileIsDeleted() async throws {
        try await withTemporaryFolder { folder in
            try leave(folder, inPlace: Self.new, beside: Self.before, isSwapped: true)
            #expect(tidied(folder) == Self.new)
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    @Test func anEditThatWasSwappedOutIsPutBack() async throws {
        try await withTemporaryFolder { folder in
            try leave(folder, inPlace: Self.new, beside: "# an edit\n" + Self.before, isSwapped: true)
            #expect(tidied(folder) == "# an edit\n" + Self.before)
            #expect(try folder.contents == ["models.yaml"])
        }
    }

    @Test func twoEditsAreBothKept() async throws {
        try await withTemporaryFolder { folder in
            try leave(folder, inPlace: Self.new, beside: "# an edit\n" + Self.before, isSwapped: true)
            try folder.write("# another\n" + Self.new, to: "models.yaml")
            #expect(tidied(folder) == "# another\n" + Self.new)
            let saved = try folder.contents.filter { $0 != "models.yaml" }
            #expect(saved.count == 1)
            #expect(saved.first?.hasPrefix("models.yaml.saved-") == true)
            #expect(saved.first.flatMap(folder.text) == "# an edit\n" + Self.before)
        }
    }

    @Test func aStrangersFileStays() async throws {
        try await withTemporaryFolder { folder in
            try folder.write(Self.before, to: "models.yaml")
            let names = [".models.yaml.asr2clip-note", ".models.yaml.asr2clip-1-2-3-4", ".models.yaml.swp"]
            for name in names { try folder.write("mine", to: name) }
            try await add("new", in: folder)
            #expect(try folder.contents == names.sorted() + ["models.yaml"])
        }
    }
}

private final class Flag: Sendable {
    let value = Atomic(false)
}
