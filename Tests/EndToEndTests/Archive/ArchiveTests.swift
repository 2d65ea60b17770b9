import Foundation
import TestSupport
import Testing

/// `asr2clip transcribe -r` with a real server.
@Suite(.serialized, .server(TestRegistry([.senseVoice])))
struct ArchiveTests {
    private let archive: ArchiveFolder
    private let url: String

    init() throws {
        archive = try ArchiveFolder()
        url = try ServerProcess.shared().url
    }

    @Test func recordingsOfAllFormatsGetTheirResultsOnce() async throws {
        let recordings = Manifest.shared.files.filter { $0.expected["sense_voice"] != nil && $0.duration < 10 }
        try #require(recordings.count >= 15)
        for (index, recording) in recordings.enumerated() {
            try archive.add(recording.file, as: recording.file)
            try archive.add(recording.file, as: "folder \(index % 3)/deep/\(recording.file)")
        }
        try archive.files.write("no recording", to: "notes.txt")
        let first = try await archive.run(url, ["--jobs", "3"])
        let total = recordings.count * 2
        #expect(first.status == 0 && first.counts == [total, 0, 0], "\(first.error)")
        #expect(first.output.isEmpty)
        for (index, recording) in recordings.enumerated() {
            let text = recording.result(of: "sense_voice")?.text ?? ""
            for folder in ["", "folder \(index % 3)/deep/"] {
                #expect(try archive.text("\(folder)\(recording.file).txt") == (text.isEmpty ? "" : text + "\n"))
            }
        }
        let times = try archive.resultTimes()
        #expect(times.count == total + 1)
        let second = try await archive.run(url)
        #expect(second.status == 0 && second.counts == [0, total, 0], "\(second.error)")
        #expect(try archive.resultTimes() == times)
        #expect(second.error.split(separator: "\n").count == 1, "\(second.error)")
    }

    @Test(arguments: [
        ("text", "txt", "one two three four\n"), ("json", "json", "{\"text\": \"one two three four\"}\n"),
        ("verbose_json", "json", "\"duration\": 1.699"), ("srt", "srt", "00:00:0"), ("vtt", "vtt", "WEBVTT\n"),
    ])
    func everyFormatIsWritten(format: String, ending: String, part: String) async throws {
        try archive.add("en_digits_16k.wav", as: "a.wav")
        let outcome = try await archive.run(url, ["--format", format])
        #expect(outcome.status == 0)
        #expect(try archive.text("a.wav.\(ending)").contains(part))
        #expect(try archive.names() == ["a.wav", "a.wav.\(ending)"])
    }

    @Test func changedRecordingsAndMissingResultsAreDoneAgain() async throws {
        for name in ["a.wav", "b.wav", "c.wav", "d.wav"] { try archive.add("en_word_16k.wav", as: name) }
        #expect(try await archive.run(url).counts == [4, 0, 0])
        try archive.add("en_digits_16k.wav", as: "a.wav")
        try FileManager.default.removeItem(atPath: archive.files.file("b.wav.txt"))
        // An edited text is still the result.
        try archive.files.write("edited\n", to: "c.wav.txt")
        let second = try await archive.run(url)
        #expect(second.status == 0 && second.counts == [2, 2, 0], "\(second.error)")
        #expect(try archive.text("a.wav.txt") == "one two three four\n")
        #expect(try archive.text("b.wav.txt") == "stop\n" && archive.text("c.wav.txt") == "edited\n")
        // Another language, and the edited text is in the way.
        let third = try await archive.run(url, ["--language", "en"])
        #expect(third.status == 5 && third.counts == [3, 0, 1], "\(third.error)")
        #expect(third.error.contains("c.wav.txt' was changed by another program; --overwrite replaces it"))
        #expect(try await archive.run(url, ["--language", "en"]).counts == [0, 3, 1])
        let forced = try await archive.run(url, ["--force", "--overwrite"])
        #expect(forced.status == 0 && forced.counts == [4, 0, 0])
        #expect(try archive.text("c.wav.txt") == "stop\n")
        // The recordings are untouched.
        let source = try Data(contentsOf: URL(filePath: archive.files.file("d.wav")))
        #expect(try source == Data(contentsOf: URL(filePath: Fixtures.audio("en_word_16k.wav"))))
    }

    @Test func recordingsThatDifferInTheirExtensionsHaveTwoResults() async throws {
        try archive.add("en_digits_16k.wav", as: "a.wav")
        try archive.add("en_44k1_aac.m4a", as: "a.m4a")
        try archive.files.write("mine\n", to: "a.txt")
        #expect(try await archive.run(url).counts == [2, 0, 0])
        #expect(try archive.text("a.wav.txt") == "one two three four\n" && archive.text("a.txt") == "mine\n")
        let expected = Manifest.shared.files.first { $0.file == "en_44k1_aac.m4a" }?.result(of: "sense_voice")?.text
        #expect(try archive.text("a.m4a.txt") == (expected ?? "?") + "\n")
    }

    @Test func aFileOfAnotherProgramIsNotReplaced() async throws {
        try archive.add("en_word_16k.wav", as: "a.wav")
        try archive.add("en_word_16k.wav", as: "b.wav")
        try archive.files.write("mine\n", to: "a.wav.txt")
        let outcome = try await archive.run(url)
        #expect(outcome.status == 5 && outcome.counts == [1, 0, 1])
        #expect(outcome.error.contains("a.wav.txt' was not written by asr2clip"), "\(outcome.error)")
        #expect(try archive.text("a.wav.txt") == "mine\n")
        #expect(try await archive.run(url, ["--overwrite"]).counts == [1, 1, 0])
        #expect(try archive.text("a.wav.txt") == "stop\n")
    }

    @Test func anOutputFolderHasTheSameFolders() async throws {
        try archive.add("en_word_16k.wav", as: "in/a.wav")
        try archive.add("en_word_16k.wav", as: "in/x/y/a.wav")
        try archive.add("en_digits_16k.wav", as: "other/a.wav")
        let (input, other, output) = ("in", "other", "out/of here")
        func run(_ inputs: String..., options: [String] = []) async throws -> ArchiveFolder.Outcome {
            try await archive.run(
                url, ["--output-dir", archive.files.file(output)] + options, on: inputs.map(archive.files.file))
        }
        let recordings = try archive.names().filter { $0.hasSuffix("wav") }
        #expect(try await run(input).counts == [2, 0, 0])
        var results = ["a.wav.txt", "x", "x/y", "x/y/a.wav.txt"]
        func found() throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: archive.files.file(output))
                .filter { !$0.hasSuffix(ArchiveFolder.journal) }.sorted()
        }
        #expect(try found() == results)
        // With several inputs, each has a folder of its own.
        #expect(try await run(input, other).counts == [3, 0, 0])
        results += ["in", "in/a.wav.txt", "in/x", "in/x/y", "in/x/y/a.wav.txt", "other", "other/a.wav.txt"]
        #expect(try found() == results.sorted())
        // The same place for another recording.
        let clash = try await run(other)
        #expect(clash.status == 5 && clash.error.contains("is the result of '\(archive.files.file("in/a.wav"))'"))
        #expect(try archive.text("\(output)/a.wav.txt") == "stop\n")
        #expect(try await run(other, options: ["--overwrite"]).counts == [1, 0, 0])
        #expect(try archive.text("\(output)/a.wav.txt") == "one two three four\n")
        #expect(
            try archive.names().filter { $0.hasPrefix("in") || $0.hasPrefix("other") }.count == recordings.count + 4)
    }

    @Test func linksAndHiddenFoldersAndOurOwnResultsAreHandled() async throws {
        try archive.add("en_word_16k.wav", as: "a/b/x.wav")
        try archive.add("en_word_16k.wav", as: ".hidden/y.wav")
        for (link, target) in [("a/b/loop", "../.."), ("a/link.wav", "b/x.wav"), ("self", "self"), ("gone.wav", "no")] {
            try FileManager.default.createSymbolicLink(
                atPath: archive.files.file(link), withDestinationPath: target)
        }
        let first = try await archive.run(url)
        #expect(first.status == 5 && first.counts == [2, 0, 1], "\(first.error)")
        #expect(first.error.contains("gone.wav: cannot be read: No such file"))
        #expect(first.error.contains("Hidden folders passed over: 1."))
        try FileManager.default.removeItem(atPath: archive.files.file("gone.wav"))
        // All files, as a shell's pattern names them, and a folder that is named twice.
        let all = try archive.names().filter { !$0.hasPrefix(".") }.map(archive.files.file)
        let second = try await archive.run(url, on: all + [archive.files.file("a/b")])
        #expect(second.status == 5, "\(second.error)")
        #expect(second.error.contains("/self: cannot be read"))
        #expect(try archive.resultTimes().keys.sorted() == ["a/b/x.wav.txt", "a/link.wav.txt"])
    }

    @Test func aNamedFileIsTriedWhateverItsName() async throws {
        try archive.add("en_word_16k.wav", as: "sound.bin")
        #expect(try await archive.run(url).counts == [0, 0, 0])
        #expect(try await archive.run(url, on: [archive.files.file("sound.bin")]).counts == [1, 0, 0])
        #expect(try archive.text("sound.bin.txt") == "stop\n")
        let missing = try await archive.run(url, on: [archive.files.file("missing.wav"), archive.path])
        #expect(missing.status == 5 && missing.counts == [0, 0, 1] && missing.error.contains("missing.wav: cannot be"))
    }

    @Test func aBrokenRecordingFailsAndTheOthersAreDone() async throws {
        for name in ["a.wav", "c.wav"] { try archive.add("en_word_16k.wav", as: name) }
        try archive.add("bad_text.wav", as: "b.wav")
        try archive.add("silence_16k.wav", as: "d.wav")
        let outcome = try await archive.run(url, ["--jobs", "1"])
        #expect(outcome.status == 5 && outcome.counts == [3, 0, 1])
        #expect(outcome.error.contains("3 done (1 without speech)"))
        #expect(outcome.error.contains("Failed: \(archive.files.file("b.wav")): "), "\(outcome.error)")
        #expect(try archive.text("d.wav.txt").isEmpty)
        let quiet = try await archive.run(url, ["-q"])
        #expect(quiet.status == 5 && quiet.counts == [0, 3, 1])
        try FileManager.default.removeItem(atPath: archive.files.file("b.wav"))
        let good = try await archive.run(url, ["--quiet"])
        #expect(good.status == 0 && good.error.isEmpty, "\(good.error)")
    }

    @Test func unusualNamesAreRightOnDiskAndHarmlessOnTheScreen() async throws {
        let script = #"""
            cd "$0" && for name in $'caf\xe9.wav' $'\xff' $'line\nend\e[2J.wav' 'a b"c.wav' $'e\xcc\x81.wav' $'\xc3\xa9.wav'
            do cp "$1" "$name"; done; mv $'\xff' $'\xff.wav'
            "$2" transcribe -r --url "$3" . 2> log; echo "$?"
            for name in *.txt; do cmp -s "$name" <(echo stop) || echo "wrong: $name"; done; (set -- *.txt; echo $#)
            "$2" transcribe -r --url "$3" . 2>&1 | grep -c ' 0 done, 6 skipped'
            """#
        let result = try await runToEnd(
            "/bin/bash",
            [
                "-c", script, archive.path, Fixtures.audio("en_word_16k.wav"), ServerProcess.path(of: "asr2clip"), url,
            ], environment: ["PATH": "/usr/bin:/bin", "HOME": archive.path, "LC_ALL": "C"])
        #expect(result.output.split(whereSeparator: \.isWhitespace) == ["0", "6", "1"], "\(result)")
        let log = try String(decoding: Data(contentsOf: URL(filePath: archive.files.file("log"))), as: UTF8.self)
        #expect(log.contains("caf\u{FFFD}.wav") && !log.contains("\u{1B}"), "\(log)")
    }

    @Test(arguments: [["--api-key", "secret"], []])
    func aRunThatNoRecordingCanPassEndsAtOnce(arguments: [String]) async throws {
        for number in 0..<9 { try archive.add("en_word_16k.wav", as: "\(number).wav") }
        let options = arguments.isEmpty ? ["--model", "nobody"] : []
        let outcome = try await withServer(ServerProcess.Setup(TestRegistry([.senseVoice]), arguments)) { server in
            try await archive.run(server.url, options)
        }
        #expect(outcome.status == 1 && outcome.counts == [0, 0, 0], "\(outcome.error)")
        #expect(outcome.error.contains(arguments.isEmpty ? "nobody" : "api_key"), "\(outcome.error)")
        #expect(try archive.resultTimes().isEmpty)
        let nowhere = try await archive.run("http://127.0.0.1:9")
        #expect(nowhere.status == 1 && nowhere.error.contains("asr2clip-serve"))
    }

    @Test(arguments: [
        (["--jobs", "0"], "1 to 64"), (["--jobs", "65"], "1 to 64"), (["-"], "Standard input"),
        (["--output-dir", "/out", "x/a", "y/a"], "same name"),
    ])
    func aWrongCommandLineIsExplained(arguments: [String], words: String) async throws {
        let outcome = try await archive.run(url, arguments)
        #expect(outcome.status == 64 && outcome.error.contains(words), "\(outcome.error)")
    }

    @Test func anOutputFolderThatCannotBeWrittenIsReportedBeforeAnythingIsSent() async throws {
        try archive.add("en_word_16k.wav", as: "a.wav")
        let outcome = try await archive.run(url, ["--output-dir", archive.files.file("a.wav/out")])
        #expect(outcome.status == 5 && outcome.counts == [0, 0, 1])
        #expect(outcome.error.contains("Results cannot be written here: Not a directory."), "\(outcome.error)")
    }

    #if os(Linux)
        /// A file system that only this run sees.
        private func launcher(_ options: String) -> [String] {
            let privileges = geteuid() == 0 ? "--mount" : "--map-root-user"
            let script = #"mount -t tmpfs -o \#(options) tmpfs "$0" && exec "$@""#
            return ["/usr/bin/unshare", privileges, "--mount", "/bin/sh", "-c", script, archive.files.file("out")]
        }

        private static func canMount() async -> Bool {
            let privileges = geteuid() == 0 ? "--mount" : "--map-root-user"
            let result = try? await runToEnd(
                "/usr/bin/unshare", [privileges, "--mount", "/bin/mount", "-t", "tmpfs", "tmpfs", "/mnt"])
            return result?.status == .exited(0)
        }

        @Test(
            .enabled("No file system may be mounted here; a file in the way is tested in its place.") {
                await canMount()
            }, arguments: [("ro", 5, "Read-only file system"), ("size=8k", 1, "No space left on device. Make room")])
        func aReadOnlyOrFullOutputFolderIsReported(options: String, status: Int32, words: String) async throws {
            for number in 0..<9 { try archive.add("en_digits_16k.wav", as: "in/\(number).wav") }
            try archive.files.write("", to: "out/.keep")
            let outcome = try await archive.run(
                url, ["--output-dir", archive.files.file("out")], on: [archive.files.file("in")],
                launcher: launcher(options))
            #expect(outcome.status == status && outcome.error.contains(words), "\(outcome.error)")
        }
    #endif
}
