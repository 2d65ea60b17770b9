import Foundation
import TestSupport
import Testing

@testable import Dictation

@Suite struct ClipboardTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A folder with programs, each of which records its input.
    private func environment(
        _ programs: [ClipboardMethod: String], _ variables: [String: String] = ["DISPLAY": ":9"]
    ) throws -> [String: String] {
        for (program, script) in programs {
            // They do not support reading the clipboard.
            let reading = "case \"$*\" in *-o*) exit 1;; esac"
            let path = try folder.write(Data("#!/bin/sh\n\(reading)\n\(script)\n".utf8), to: program.rawValue)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return variables.merging(["PATH": "\(folder.path):/usr/bin:/bin", "TMPDIR": folder.path]) { $1 }
    }

    private static let everything = Dictionary(
        uniqueKeysWithValues: [ClipboardMethod.wlCopy, .xclip, .xsel].map { ($0, "exit 0") })

    #if os(Linux)
        @Test(arguments: [
            (["DISPLAY": ":0"], false, [ClipboardMethod.xclip, .xsel]),
            (["WAYLAND_DISPLAY": "w", "DISPLAY": ":0"], false, [.wlCopy, .xclip, .xsel]),
            (["WAYLAND_DISPLAY": "w", "TERM": "xterm"], true, [.wlCopy, .osc52]), ([:], false, []),
            (["TERM": "xterm"], true, [.osc52]), (["TERM": "linux"], true, []), (["TERM": "dumb"], true, []),
            (["DISPLAY": ":10", "SSH_CONNECTION": "a", "TERM": "xterm"], true, [.osc52, .xclip, .xsel]),
            (["DISPLAY": "", "SSH_TTY": "t", "TERM": "xterm"], true, [.osc52]),
            (["DISPLAY": ":10", "SSH_CONNECTION": "a"], false, [.xclip, .xsel]),
        ])
        func candidatesAreFoundWithoutSideEffects(
            variables: [String: String], hasTerminal: Bool, expected: [ClipboardMethod]
        ) throws {
            let script = "touch '\(folder.file("touched"))'"
            let programs = Self.everything.mapValues { _ in script }
            var environment = try environment(programs, variables)
            environment["PATH"] = folder.path
            let found = ClipboardMethod.candidates(environment: environment, hasTerminal: hasTerminal)
            #expect(found == expected)
            #expect(!FileManager.default.fileExists(atPath: folder.file("touched")))
        }
    #endif

    @Test func onlyInstalledProgramsAreTried() throws {
        var environment = try environment([.xsel: "exit 0"])
        environment["PATH"] = folder.path
        #expect(ClipboardMethod.candidates(environment: environment, hasTerminal: false).last == .xsel)
        #expect(ClipboardMethod.xclip.executable(environment: environment) == nil)
    }

    /// Fields 1 and 6 of /proc/PID/stat: process id and session.
    #if os(Linux)
        @Test func aProgramRunsInItsOwnSessionAndOutlivesTheTerminal() async throws {
            let script = "cut -d' ' -f1,6 /proc/$$/stat > '\(folder.file("session"))'"
            try await Clipboard(.only(.xclip), environment: environment([.xclip: script])).copy("hello")
            let fields = try String(contentsOfFile: folder.file("session"), encoding: .utf8).split(separator: " ")
            #expect(fields.count == 2 && fields[0] == fields[1].trimmingCharacters(in: .newlines)[...], "\(fields)")
        }
    #endif

    @Test(arguments: [
        (["TMUX": "/tmp/tmux"], [ClipboardMethod.xclip, .xsel, .tmux, .osc52]),
        (["TMUX": "/tmp/tmux", "SSH_TTY": "/dev/pts/1"], [.tmux, .osc52, .xclip, .xsel]),
        (["TMUX": ""], [.xclip, .xsel, .osc52]),
    ])
    func insideTmuxItsClipboardIsTriedBeforeTheTerminals(variables: [String: String], expected: [ClipboardMethod])
        throws
    {
        let all = variables.merging(["DISPLAY": ":0", "TERM": "tmux"]) { $1 }
        var environment = try environment([.xclip: "exit 0", .xsel: "exit 0", .tmux: "exit 0"], all)
        environment["PATH"] = folder.path
        #expect(ClipboardMethod.candidates(environment: environment, hasTerminal: true) == expected)
    }

    @Test func tmuxIsAskedToPassTheTextOn() async throws {
        let script = "cat > '\(folder.file("text"))'; echo \"$@\" > '\(folder.file("words"))'"
        let method = try await Clipboard(.only(.tmux), environment: environment([.tmux: script])).copy("hello")
        #expect(method == .tmux)
        #expect(try String(contentsOfFile: folder.file("words"), encoding: .utf8) == "load-buffer -w -\n")
        #expect(try String(contentsOfFile: folder.file("text"), encoding: .utf8) == "hello")
    }

    @Test func aProgramIsGivenTheTextExactly() async throws {
        let text = "one ü\n二\n"
        let programs = [ClipboardMethod.xsel: "cat > '\(folder.file("text"))'; echo \"$@\" > '\(folder.file("words"))'"]
        try await Clipboard(.only(.xsel), environment: environment(programs)).copy(text)
        #expect(try String(contentsOfFile: folder.file("text"), encoding: .utf8) == text)
        #expect(try String(contentsOfFile: folder.file("words"), encoding: .utf8) == "--clipboard --input\n")
    }

    @Test func theNextCandidateIsTriedAfterAFailure() async throws {
        let programs: [ClipboardMethod: String] = [
            .xclip: "echo \"Can't open display\" >&2; exit 1", .xsel: "cat > '\(folder.file("text"))'",
        ]
        try await Clipboard(.auto, environment: environment(programs)).copy("hello")
        #expect(try String(contentsOfFile: folder.file("text"), encoding: .utf8) == "hello")
    }

    @Test func aFailureReportsTheProgramsOutput() async throws {
        let clipboard = Clipboard(
            .only(.xclip), environment: try environment([.xclip: "echo \"Can't open display\" >&2; exit 1"]))
        let error = await #expect(throws: Failure.self) { try await clipboard.copy("hello") }
        #expect(error?.description.contains("xclip: It failed: Can't open display") == true)
        #expect(error?.description.contains("--clipboard") == true)
    }

    @Test func aProgramThatKeepsTheClipboardIsNotWaitedFor() async throws {
        // Like xclip: reads the text and leaves a process in the background that keeps our descriptors open.
        let script = "cat > '\(folder.file("text"))'; sleep 30 & exit 0"
        let start = ContinuousClock.now
        try await Clipboard(.only(.xclip), environment: environment([.xclip: script])).copy("hello")
        #expect(start.duration(to: .now) < .seconds(30))
        #expect(try String(contentsOfFile: folder.file("text"), encoding: .utf8) == "hello")
    }

    @Test func aProgramThatDoesNotEndTimesOut() async throws {
        let clipboard = Clipboard(.only(.xclip), environment: try environment([.xclip: "exec sleep 100"]))
        let error = await #expect(throws: Failure.self) { try await clipboard.copy("hello") }
        #expect(error?.description.contains("did not end") == true)
    }

    @Test func ifTurnedOffNothingIsCopied() async throws {
        let clipboard = Clipboard(.none, environment: try environment([.xclip: "exit 1"]))
        try await clipboard.copy("hello")
        #expect(try clipboard.check() == "left alone, as you chose")
    }

    @Test func aCheckNamesWhatIsMissing() throws {
        let error = #expect(throws: Failure.self) {
            try Clipboard(.only(.wlCopy), environment: ["PATH": folder.path]).check()
        }
        #expect(error?.description.contains("wl-copy is not installed") == true)
    }

    @Test func theTerminalIsAskedByOSC52() {
        #expect(TerminalClipboard.sequence(for: "hi ü", isInsideTmux: false) == "\u{1B}]52;c;aGkgw7w=\u{07}")
        let inside = TerminalClipboard.sequence(for: "hi", isInsideTmux: true)
        #expect(inside == "\u{1B}]52;c;aGk=\u{07}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;aGk=\u{07}\u{1B}\\")
    }

    @Test func aTextTooLongForTerminalsIsRefused() {
        let text = String(repeating: "x", count: TerminalClipboard.limit + 1)
        let error = #expect(throws: Failure.self) { try TerminalClipboard.copy(text, isInsideTmux: false) }
        #expect(error?.description.contains("74995 bytes") == true)
    }

    @Test(arguments: ClipboardChoice.allCases)
    func everyChoiceHasItsOwnName(choice: ClipboardChoice) {
        #expect(ClipboardChoice.allCases.filter { $0.word == choice.word } == [choice])
    }
}
