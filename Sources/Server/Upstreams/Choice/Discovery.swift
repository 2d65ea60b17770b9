import Essentials
import ModelStore
import SpeechTypes
import TranscriptFormats

/// What a server says about a model in `GET /v1/models/{id}` or `GET /v1/models`. Does no I/O.
enum Discovery {
    /// The capabilities in an answer; `nil` if it does not describe the model.
    static func capabilities(of model: String, in body: some Sequence<UInt8>) -> UpstreamCapabilities? {
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(body)) else { return nil }
        let described = json["data"]?.array?.first { $0["id"]?.string == model } ?? json
        guard described["id"]?.string == model else { return nil }
        if described["owned_by"]?.string == "vllm" {
            // Its realtime API is another one, it writes no subtitles, and it answers 400 to a stream of verbose_json.
            return UpstreamCapabilities(
                streams: true, streamsVerboseJSON: false, writesSubtitles: false, isLive: false)
        }
        let codes = described["languages"]?.array?.compactMap(\.string) ?? []
        let languages = codes.compactMap { try? Language(parsing: $0) }
        var capabilities = UpstreamCapabilities(languages: languages.isEmpty ? nil : languages)
        // asr2clip.
        if let abilities = described["capabilities"]?.array?.compactMap(\.string), described["status"]?.string != nil {
            capabilities.translates = abilities.contains("translation")
            capabilities.takesHints = abilities.contains("hints")
            capabilities.streams = true
            capabilities.writesSubtitles = true
            capabilities.isLive = true
        }
        return capabilities
    }
}
