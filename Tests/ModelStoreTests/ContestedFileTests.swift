import Essentials
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ModelStore

/// Files that other programs hold or delete while they are being edited.
@Suite(.timeLimit(.minutes(3))) struct ContestedFileTests {
    /// Somebody has deleted the file just before the edit that was swapped out is put back.
    @Test func anEditThatCannotBePutBackIsKept() async throws {
        try await withTemporaryFolder { folder in
            let stage = try folder.write("an edit", to: "stage")
            let path = folder.file("models.yaml")
            let error = #expect(throws: FileEditError.self) {
                try ContestedFile(path: path).putBack(stage, inode: 7, Data())
            }
            guard case .system(let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.description.contains(path + ".saved-7"))
            #expect(try folder.contents == ["models.yaml.saved-7"])
            #expect(folder.text("models.yaml.saved-7") == "an edit")
        }
    }

    /// The edit would wait for days.
    @Test func aWaitForAWriterCanBeCalledOff() async throws {
        try await withTemporaryFolder { folder in
            let path = try folder.write("old", to: "models.yaml")
            let writer = open(path, O_WRONLY)
            defer { close(writer) }
            let isOff = Mutex(false)
            let looks = Mutex(0)
            let patience = EditPatience(.seconds(1_000_000)) {
                looks.withLock { $0 += 1 }
                return isOff.withLock { $0 }
            }
            async let isBusy = Task.detached {
                do throws(FileEditError) {
                    try ContestedFile(path: path, patience: patience).edit { (_) in Data("new".utf8) }
                } catch {
                    if case .busy = error { return true }
                }
                return false
            }.value
            try await eventually("it waits") { looks.withLock { $0 > 1 } }
            isOff.withLock { $0 = true }
            #expect(await isBusy)
            #expect(folder.text("models.yaml") == "old")
        }
    }

    /// All waits of an edit together have one limit, which may have passed before.
    @Test func withoutPatienceAFileThatNobodyWritesIsEdited() async throws {
        try await withTemporaryFolder { folder in
            let path = try folder.write("old", to: "models.yaml")
            try ContestedFile(path: path, patience: EditPatience(.zero)).edit { (_) in Data("new".utf8) }
            #expect(folder.text("models.yaml") == "new")
        }
    }
}
