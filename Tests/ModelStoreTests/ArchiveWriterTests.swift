import EngineLink
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ModelStore

/// How the entries of an archive are written to disk.
struct ArchiveWriterTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let entries: [(String, ArchiveEntry.Kind, String)]
        /// The expected result: texts of files, `nil` for folders.
        let files: [String: String?]
    }

    static let rows = [
        Row(
            testDescription: "folders above a file are made", entries: [("a/b/c", .file, "c")],
            files: ["a": nil, "a/b": nil, "a/b/c": "c"]),
        Row(
            testDescription: "a later file replaces", entries: [("a", .file, "long"), ("a", .file, "b")],
            files: ["a": "b"]),
        Row(
            testDescription: "a later file leaves other names of the earlier one alone",
            entries: [("a", .file, "1"), ("b", .hardLink(to: "a"), ""), ("a", .file, "2")], files: ["a": "2", "b": "1"]),
        Row(
            testDescription: "a file replaces a link, and not where it leads",
            entries: [("a", .file, "1"), ("l", .symbolicLink(to: "a"), ""), ("l", .file, "2")],
            files: ["a": "1", "l": "2"]),
        Row(
            testDescription: "a file replaces an empty folder", entries: [("a", .folder, ""), ("a", .file, "1")],
            files: ["a": "1"]),
        Row(
            testDescription: "a folder replaces a file", entries: [("a", .file, "1"), ("a", .folder, "")],
            files: ["a": nil]),
        Row(
            testDescription: "a folder replaces a link",
            entries: [("b", .folder, ""), ("a", .symbolicLink(to: "b"), ""), ("a", .folder, ""), ("a/c", .file, "1")],
            files: ["a": nil, "a/c": "1", "b": nil]),
        Row(
            testDescription: "a folder above replaces a file", entries: [("a", .file, "1"), ("a/b", .file, "2")],
            files: ["a": nil, "a/b": "2"]),
        Row(
            testDescription: "a folder twice", entries: [("a", .folder, ""), ("a/b", .file, "1"), ("a", .folder, "")],
            files: ["a": nil, "a/b": "1"]),
        Row(
            testDescription: "a hard link to itself", entries: [("a", .file, "1"), ("a", .hardLink(to: "./a"), "")],
            files: ["a": "1"]),
        Row(
            testDescription: "a hard link with bytes", entries: [("a", .file, "one"), ("b", .hardLink(to: "a"), "2")],
            files: ["a": "2", "b": "2"]),
        Row(
            testDescription: "the folder itself", entries: [(".", .folder, ""), ("./a", .file, "1"), ("", .file, "x")],
            files: ["a": "1"]),
    ]

    @Test(arguments: rows)
    func entriesBecomeFiles(row: Row) async throws {
        try await withTemporaryFolder { folder in
            try Self.write(into: folder) { writer in
                for (path, kind, text) in row.entries {
                    try writer.begin(ArchiveEntry(path: path, kind: kind))
                    if !text.isEmpty { try writer.write(ArchiveBlock(offset: 0, bytes: ByteBuffer(string: text))) }
                }
            }
            let there = try folder.contents.map { ($0, folder.text($0)) }
            #expect(Dictionary(uniqueKeysWithValues: there) == row.files)
            for path in try folder.contents {
                var status = stat()
                #expect(lstat(folder.path + "/" + path, &status) == 0)
                #expect(status.st_mode & S_IFMT != S_IFLNK)
                #expect(
                    status.st_mode & 0o7733 == (folder.text(path) == nil ? 0o711 : 0o600), "umask may take the rest")
            }
        }
    }

    @Test(arguments: [(Int64(8_000_000), Int64(4_000_000)), (4_000_003, 4_000_000), (9_000_000, 0)])
    func holesTakeNoSpaceAndReadAsZeros(size: Int64, offset: Int64) async throws {
        try await withTemporaryFolder { folder in
            try Self.write(into: folder) { writer in
                try writer.begin(ArchiveEntry(path: "a", kind: .file, size: size))
                try writer.write(ArchiveBlock(offset: offset, bytes: ByteBuffer(string: "abc")))
            }
            var status = stat()
            #expect(stat(folder.path + "/a", &status) == 0)
            #expect(Int64(status.st_size) == size)
            #expect(Int64(status.st_blocks) * 512 < 1_000_000)
            var expected = Data(count: Int(size))
            expected.replaceSubrange(Int(offset)..<Int(offset) + 3, with: Data("abc".utf8))
            #expect(try Data(contentsOf: URL(filePath: folder.path + "/a")) == expected)
        }
    }

    /// A link in place of the folder itself is not followed either.
    @Test func nothingIsWrittenThroughALinkedFolder() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("", to: "real/.keep")
            symlink("real", folder.path + "/link")
            let limits = UnpackingLimits(archive: 1, free: nil, .quick)
            #expect(throws: SystemError.self) { _ = try ArchiveWriter(into: folder.path + "/link", limits: limits) }
        }
    }

    private static func write(
        into folder: TemporaryFolder, _ body: (inout ArchiveWriter) throws -> Void
    ) throws {
        var writer = try ArchiveWriter(into: folder.path, limits: UnpackingLimits(archive: 1, free: nil, .quick))
        try body(&writer)
        try writer.finish()
    }
}
