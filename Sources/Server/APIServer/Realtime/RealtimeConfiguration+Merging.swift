import Essentials
import SpeechTypes
import TranscriptFormats

extension RealtimeConfiguration {
    /// The configuration with the fields of a `session` object in place of its own. Objects are merged deeply; `null`
    /// turns off turn detection, noise reduction or transcription.
    ///
    /// - Throws: `APIError` naming the field and its allowed values; unknown fields are ignored, since new clients send
    ///   new ones.
    func merging(_ session: JSONValue) throws(APIError) -> RealtimeConfiguration {
        var new = self
        let session = Field(session, "session")
        try session.mustBeObject()
        if let type = try session["type"]?.string(), type != "transcription" {
            throw .invalid(
                "session.type", "The session type '\(type.excerpt)' is not transcription: this server only hears.")
        }
        if let include = session["include"] {
            new.includesLogProbabilities = try include.isNull ? false : include.inclusions()
        }
        guard let audio = session["audio"], !audio.isNull else { return new }
        try audio.mustBeObject()
        guard let input = audio["input"], !input.isNull else { return new }
        try input.mustBeObject()
        if let format = input["format"], !format.isNull { new.format = try format.format() }
        if let reduction = input["noise_reduction"] { new.noiseReduction = try reduction.noiseReduction() }
        if let field = input["transcription"] {
            new.transcription = try field.isNull ? nil : (transcription ?? Transcription()).merging(field)
        }
        if let field = input["turn_detection"] {
            new.turnDetection = try field.isNull ? nil : field.turnDetection(over: turnDetection)
            new.hasChosenTurnDetection = true
        }
        new.chooseTurnDetection()
        return new
    }
}

extension RealtimeConfiguration.Transcription {
    fileprivate func merging(_ field: Field) throws(APIError) -> Self {
        try field.mustBeObject()
        var new = self
        if let model = field["model"] { new.model = try model.isNull ? nil : model.string(most: Self.longestName) }
        if let language = field["language"] { new.language = try language.isNull ? nil : language.language() }
        if let languages = field["languages"] {
            new.languages = []
            for field in try languages.isNull ? [] : languages.list(most: 100) {
                if let language = try field.language() { new.languages.append(language) }
            }
        }
        if let prompt = field["prompt"] {
            new.hints.prompt = try prompt.isNull ? "" : prompt.string(most: FormFields.longestPrompt)
        }
        if let keywords = field["keywords"] {
            new.hints.keywords = []
            for field in try keywords.isNull ? [] : keywords.list(most: FormFields.mostKeywords) {
                new.hints.keywords.append(try field.string(most: FormFields.longestKeyword))
            }
        }
        if let delay = field["delay"] { new.delay = try delay.isNull ? .low : delay.choice() }
        return new
    }

    /// The longest name of a model, in characters.
    private static let longestName = 256
}

/// A field of a session object, with its path for error messages.
private struct Field {
    let value: JSONValue
    let path: String

    init(_ value: JSONValue, _ path: String) {
        self.value = value
        self.path = path
    }

    subscript(name: String) -> Field? { value[name].map { Field($0, "\(path).\(name)") } }

    var isNull: Bool { value.isNull }

    func mustBeObject() throws(APIError) {
        guard value.isObject else { throw wrong("an object") }
    }

    func string() throws(APIError) -> String {
        guard let text = value.string else { throw wrong("a string") }
        return text
    }

    /// A string of at most this many characters, of 16 bytes each on average: a single one may have millions.
    func string(most: Int) throws(APIError) -> String {
        let text = try string()
        guard text.utf8.count <= 16 * most, text.count <= most else {
            throw wrong("a string of at most \(most) characters")
        }
        return text
    }

    func list(most: Int) throws(APIError) -> [Field] {
        guard let values = value.array, values.count <= most else { throw wrong("a list of at most \(most) strings") }
        return values.enumerated().map { Field($1, "\(path)[\($0)]") }
    }

    func number(_ range: ClosedRange<Double>) throws(APIError) -> Double {
        guard let number = value.double, range.contains(number) else {
            throw wrong(
                "a number from \(HumanFormat.number(range.lowerBound)) to \(HumanFormat.number(range.upperBound))")
        }
        return number
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>() throws(APIError) -> Choice {
        guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
            throw wrong("one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    func language() throws(APIError) -> Language? {
        do {
            return try Language(parsing: string())
        } catch let error as APIError {
            throw error
        } catch {
            throw wrong("a language such as en or zh-CN")
        }
    }

    func inclusions() throws(APIError) -> Bool {
        for field in try list(most: 10) where try field.string() != RealtimeConfiguration.logProbabilities {
            throw field.wrong(RealtimeConfiguration.logProbabilities)
        }
        return value.array?.isEmpty == false
    }

    func noiseReduction() throws(APIError) -> String? {
        guard !isNull else { return nil }
        try mustBeObject()
        guard let type = self["type"], !type.isNull else { return nil }
        let name = try type.string()
        guard ["near_field", "far_field"].contains(name) else { throw type.wrong("near_field or far_field") }
        return name
    }

    func format() throws(APIError) -> LiveAudioFormat {
        try mustBeObject()
        let type = self["type"] ?? Field(.string("audio/pcm"), "\(path).type")
        switch try type.string() {
        case "audio/pcm":
            guard let rate = self["rate"] ?? self["sample_rate"], !rate.isNull else { return .pcm(rate: 24_000) }
            let rates = LiveAudioFormat.rates
            return .pcm(rate: Int(try rate.number(Double(rates.lowerBound)...Double(rates.upperBound))))
        case "audio/pcmu": return .muLaw
        case "audio/pcma": return .aLaw
        default: throw type.wrong("audio/pcm, audio/pcmu or audio/pcma")
        }
    }

    /// The detection; where the field has no type or value, those of the detection in force go on.
    func turnDetection(
        over current: RealtimeConfiguration.TurnDetection?
    ) throws(APIError) -> RealtimeConfiguration.TurnDetection {
        try mustBeObject()
        var type = "server_vad"
        var (detection, idle) = (LiveSettings.TurnDetection(), Duration?.none)
        var eagerness = RealtimeConfiguration.Eagerness.auto
        switch current {
        case .server(let known, let timeout): (detection, idle) = (known, timeout)
        case .semantic(let known): (type, eagerness) = ("semantic_vad", known)
        case nil: break
        }
        if let field = self["type"], !field.isNull {
            type = try field.string()
            guard ["server_vad", "semantic_vad"].contains(type) else {
                throw field.wrong("server_vad or semantic_vad; null leaves each turn's end to the client")
            }
        }
        if type == "semantic_vad" {
            if let field = self["eagerness"], !field.isNull { eagerness = try field.choice() }
            return .semantic(eagerness)
        }
        if let field = self["threshold"], !field.isNull { detection.threshold = try field.number(0...1) }
        if let field = self["prefix_padding_ms"], !field.isNull {
            detection.prefix = .milliseconds(try field.number(0...5000))
        }
        if let field = self["silence_duration_ms"], !field.isNull {
            detection.silence = .milliseconds(try field.number(0...30_000))
        }
        if let field = self["idle_timeout_ms"] {
            idle = try field.isNull ? nil : .milliseconds(field.number(1000...3_600_000))
        }
        return .server(detection, idleTimeout: idle)
    }

    func wrong(_ expected: String) -> APIError {
        .invalid(path, "The value \(value.text.excerpt) of \(path) is not \(expected).")
    }
}
