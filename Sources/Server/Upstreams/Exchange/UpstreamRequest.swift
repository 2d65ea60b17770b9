import ModelStore
package import SpeechTypes
package import TranscriptFormats

/// A recording to be transcribed by another server, with the options that go there. Each server calls the model by its
/// own name, and some cannot do all that is asked; `form(for:)` says what one of them is asked.
package struct UpstreamRequest: Sendable {
    package let task: SpeechTask
    package let recording: UploadedRecording
    package let format: ResponseFormat
    package let isStreamed: Bool
    /// Whether the answer is rendered here, in a format that the server does not know.
    package let needsTranscript: Bool
    package let timestamps: Set<TimestampGranularity>
    /// The other fields, by their names in OpenAI's API.
    package let fields: [(name: String, value: String)]
    /// The id of the request in both servers' logs.
    package let requestID: String
    package let hops: UpstreamHops

    package init(
        task: SpeechTask, recording: UploadedRecording, format: ResponseFormat, isStreamed: Bool,
        needsTranscript: Bool, timestamps: Set<TimestampGranularity>, fields: [(name: String, value: String)],
        requestID: String, hops: UpstreamHops
    ) {
        self.task = task
        self.recording = recording
        self.format = format
        self.isStreamed = isStreamed
        self.needsTranscript = needsTranscript
        self.timestamps = timestamps
        self.fields = fields
        self.requestID = requestID
        self.hops = hops
    }

    var endpoint: String { task == .translate ? "audio/translations" : "audio/transcriptions" }

    /// What a server is asked for: the format that is wanted, or the one of which that is made.
    package struct Asked: Sendable, Equatable {
        package var format: ResponseFormat
        package var isStreamed: Bool
    }

    /// What a server with these capabilities is asked for.
    func asked(with capabilities: UpstreamCapabilities) -> Asked {
        let isSubtitle = format == .srt || format == .vtt
        if needsTranscript || isSubtitle && capabilities.writesSubtitles == false {
            return Asked(format: .verboseJSON, isStreamed: false)
        }
        let streams = format == .verboseJSON ? capabilities.streamsVerboseJSON : nil
        return Asked(format: format, isStreamed: isStreamed && (streams ?? capabilities.streams) != false)
    }

    /// All fields for a server.
    func form(for model: String, _ asked: Asked) -> [(name: String, value: String)] {
        var form: [(name: String, value: String)] = [("model", model), ("response_format", asked.format.rawValue)]
        form += fields
        if asked.isStreamed { form.append(("stream", "true")) }
        if asked.format == .verboseJSON, timestamps != [.segment] {
            form += timestamps.map(\.rawValue).sorted().map { ("timestamp_granularities[]", $0) }
        }
        return form
    }
}

/// A recording on disk.
package struct UploadedRecording: Sendable {
    package let path: String
    /// What the client calls it; servers may tell the format from its ending.
    package let name: String
    /// In bytes.
    package let size: Int
    /// Whether it has no header (`TranscriptionJob.isRawPCM`); it is then sent as a WAV file.
    package let isRawPCM: Bool

    package init(path: String, name: String, size: Int, isRawPCM: Bool) {
        self.path = path
        self.name = name
        self.size = size
        self.isRawPCM = isRawPCM
    }
}
