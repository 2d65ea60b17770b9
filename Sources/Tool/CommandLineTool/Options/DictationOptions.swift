import ArgumentParser
import Essentials
import Dictation

/// The options for listening to the microphone.
struct DictationOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Go on until Ctrl-C: each utterance becomes text as soon as a pause ends it.")
    var vad: Bool?

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

    @Option(
        name: [.customShort("d", allowingJoined: true), .long],
        help: ArgumentHelp("Stop listening after so many seconds.", valueName: "seconds"))
    var duration: Double?

    @Option(help: ArgumentHelp("Microphone, by number or a part of its name.", valueName: "device"))
    var device: String?

    func validate() throws {
        func check(_ name: String, _ value: Double?, _ range: ClosedRange<Double>, _ unit: String = "") throws {
            guard let value, !range.contains(value) else { return }
            let (low, high) = (HumanFormat.number(range.lowerBound), HumanFormat.number(range.upperBound))
            throw ValidationError(
                "The \(name) must be from \(low) to \(high)\(unit), not \(HumanFormat.number(value)).")
        }
        try check("interval", interval, DictationSettings.intervals, " seconds")
        try check("silence threshold", silenceThreshold, DictationSettings.thresholds)
        try check("silence duration", silenceDuration, DictationSettings.silences, " seconds")
        try check("duration", duration, 0.1...86_400, " seconds")
    }

    /// The options as a source of settings.
    var settings: DictationSettings {
        var settings = DictationSettings()
        settings.vad = vad
        settings.interval = interval
        settings.silenceThreshold = silenceThreshold
        settings.silenceDuration = silenceDuration
        return settings
    }

    /// The given options that apply only to a microphone.
    var given: [String] {
        let values: [(String, Any?)] = [
            ("--vad", vad), ("--interval", interval), ("--silence_threshold", silenceThreshold),
            ("--silence_duration", silenceDuration), ("--duration", duration),
        ]
        return values.compactMap { name, value in value == nil ? nil : name }
    }

    /// Checks the options against the merged settings.
    ///
    /// - Throws: `Failure`.
    func check(with settings: DictationSettings) throws(Failure) {
        guard settings.vad == true || (silenceThreshold == nil && silenceDuration == nil) else {
            throw Failure("--silence_threshold and --silence_duration belong to --vad.")
        }
    }
}
