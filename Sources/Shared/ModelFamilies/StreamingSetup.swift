/// How a family's models take audio as it arrives.
struct StreamingSetup: Sendable {
    /// The length of audio that the model needs for one step.
    var chunk: Chunk
    /// Silence that the model needs before the audio.
    var lead = Duration.zero

    /// The length of a chunk.
    enum Chunk: Sendable {
        /// The same for all models.
        case fixed(Duration)
        /// Under the first of these keys in the metadata of a file, in feature frames of 10 ms.
        case frames(file: String, keys: [String])
    }

    /// Silence that the model gets after a chunk of it: some models write a word only when they hear what follows it.
    static let afterthought = Duration.milliseconds(310)

    /// The chunk of a model that does not state it: that of most streaming Zipformers.
    static let usualChunk = Duration.milliseconds(450)
}

/// Silence around the audio of a stream, without which the first or the last word would be missing.
package struct StreamPadding: Sendable, Equatable {
    /// Before the first sample.
    package var lead = Duration.zero
    /// After the last sample: a model decodes complete chunks only, so this fills the last one.
    package var tail: Duration

    /// Makes a padding.
    package init(lead: Duration = .zero, tail: Duration) {
        self.lead = lead
        self.tail = tail
    }
}

extension ModelSpecification {
    /// The silence around the audio of the model's streams. For a chunk of 350 ms, the tail is the 660 ms of
    /// sherpa-onnx's examples; the tests' model, cut off at the end of its last word, needs 360 ms of it.
    ///
    /// That takes a few reads of a file.
    /// - Throws: `RecognitionError` (`modelUnusable`) if the file is missing or damaged.
    package func streamPadding() throws(RecognitionError) -> StreamPadding? {
        guard let streaming = family.setup.streaming else { return nil }
        let chunk: Duration
        switch streaming.chunk {
        case .fixed(let length): chunk = length
        case .frames(let file, let keys):
            let properties = try metadata(of: file).properties
            let frames = keys.lazy.compactMap { properties[$0].flatMap { Int($0) } }.first
            chunk = frames.map { .milliseconds(10 * min(max($0, 1), Self.longestChunk)) } ?? StreamingSetup.usualChunk
        }
        return StreamPadding(lead: streaming.lead, tail: chunk + StreamingSetup.afterthought)
    }

    /// Ten seconds, in frames; real models have up to two.
    private static var longestChunk: Int { 1000 }
}
