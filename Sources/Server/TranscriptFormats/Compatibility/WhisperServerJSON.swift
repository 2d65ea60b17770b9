package import SpeechTypes

extension Transcript {
    /// The `verbose_json` of whisper.cpp's server: words are in their segments, and languages have names. With `hasTimes`
    /// false, segments and words have no times. A `probability` of 0 and a `t_dtw` of -1 mean: unknown.
    package func whisperServerJSON(echoing request: RequestEcho, hasTimes: Bool) -> String {
        let segments = JSONValue.array(
            segmentsWithWordsJSON(temperature: request.temperature, adding: [("t_dtw", -1)]))
        var members: [(String, JSONValue)] = [
            ("task", .string(request.task.rawValue)),
            ("language", .string(language?.whisperName ?? languageName)),
            ("duration", .seconds(MillisecondClock(duration: duration).end)),
            ("text", .string(text)),
            ("segments", hasTimes ? segments : segments.without(["start", "end", "t_dtw"])),
        ]
        if let detected = self.segments.lazy.compactMap(\.language).first {
            members.append(("detected_language", .string(detected.whisperName)))
        }
        return JSONValue.object(members).text
    }
}

extension Language {
    /// Its name as Whisper writes it, such as `german`; its code if the name is not known.
    package var whisperName: String { englishName?.lowercased() ?? code }
}
