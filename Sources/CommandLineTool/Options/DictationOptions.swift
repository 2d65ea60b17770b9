import ArgumentParser
import Basics
import Dictation

/// How the microphone is listened to.
struct DictationOptions: ParsableArguments {
    @Flag(help: "Go on until Ctrl-C: each utterance becomes text as soon as a pause ends it.")
    var vad = false

    @Option(
        help: ArgumentHelp(
            "Go on until Ctrl-C: text at least every so many seconds. With --vad, the longest utterance. (with --vad: 60)",
            valueName: "seconds"))
    var interval: Double?

    @Option(
        name: .both("silence_threshold"),
        help: ArgumentHelp("How sure it must be that somebody speaks, 0 to 1. (default: 0.5)", valueName: "probability")
    )
    var silenceThreshold: Double?

    @Option(
        name: .both("silence_duration"),
        help: ArgumentHelp("The pause that ends an utterance. (default: 1.5)", valueName: "seconds"))
    var silenceDuration: Double?

    @Option(help: ArgumentHelp("Microphone, by number or a part of its name.", valueName: "device"))
    var device: String?

    /// The pause that ends an utterance unless told otherwise, as in the Python tool.
    static let usualSilence = 1.5

    func validate() throws {
        if let interval, !(1...3600).contains(interval) {
            throw ValidationError("The interval must be from 1 to 3600 seconds, not \(Amounts.number(interval)).")
        }
        if let silenceThreshold, !(0.01...0.99).contains(silenceThreshold) {
            throw ValidationError(
                "The silence threshold must be from 0.01 to 0.99, not \(Amounts.number(silenceThreshold)).")
        }
        if let silenceDuration, !(0.1...60).contains(silenceDuration) {
            throw ValidationError(
                "The silence duration must be from 0.1 to 60 seconds, not \(Amounts.number(silenceDuration)).")
        }
        guard vad || (silenceThreshold == nil && silenceDuration == nil) else {
            throw ValidationError("--silence_threshold and --silence_duration belong to --vad.")
        }
    }

    /// Whether listening goes on after the first text.
    var isContinuous: Bool { vad || interval != nil }

    /// When sound becomes a recording.
    var mode: ListeningMode {
        guard isContinuous else { return .untilStopped }
        let longest = interval.map { Duration.seconds($0) }
        guard vad else { return .intervals(longest ?? ListeningMode.longestUtterance) }
        return .utterances(
            silence: .seconds(silenceDuration ?? Self.usualSilence),
            longest: longest ?? ListeningMode.longestUtterance)
    }
}
