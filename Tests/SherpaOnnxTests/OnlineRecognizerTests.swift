import Foundation
import TestSupport
import Testing

@testable import ModelFamilies
@testable import SherpaOnnx

@BlockingCalls @Suite struct OnlineRecognizerTests {
    /// The English recordings and their texts.
    private nonisolated static let recordings: [(file: String, text: String)] = Manifest.shared.files.compactMap {
        recording in
        recording.result(of: "streaming_transducer").map { (recording.file, $0.text) }
    }

    /// 100 ms.
    private static let piece = 1_600

    private static func pieces(of samples: [Float]) -> [[Float]] {
        stride(from: 0, to: samples.count, by: piece).map { Array(samples[$0..<min($0 + piece, samples.count)]) }
    }

    @Test(arguments: recordings)
    func textOnlyGrowsWhileSpeechArrives(recording: (file: String, text: String)) throws {
        let recognizer = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        let stream = try recognizer.makeStream()
        var texts: [String] = []
        for piece in Self.pieces(of: try samples(recording.file)) {
            stream.accept(piece)
            recognizer.decode([stream])
            texts.append(try stream.result.text)
        }
        stream.finishInput()
        recognizer.decode([stream])
        texts.append(try stream.result.text)
        #expect(texts.last == recording.text)
        for (text, next) in zip(texts, texts.dropFirst()) { #expect(next.hasPrefix(text), "\(text) became \(next)") }
        let early = texts.prefix { $0 != recording.text }.filter { !$0.isEmpty }
        #expect(!early.isEmpty || recording.text.split(separator: " ").count < 3, "text comes before the end")
    }

    @Test func aResultHasATimeForEachToken() throws {
        let recognizer = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        let speech = try samples("en_digits_16k.wav")
        let result = try recognizer.decode(speech)
        #expect(result.text == "ONE TWO THREE FOUR")
        let starts = try #require(result.timestamps)
        #expect(starts.count == result.tokens.count && starts == starts.sorted())
        #expect(result.tokens.joined().trimmingPrefix(" ") == result.text[...])

        // Silence before the audio does not count.
        let padded = try OnlineRecognizer(
            .streamingTransducer, padding: StreamPadding(lead: .milliseconds(320), tail: .milliseconds(660)))
        let shifted = try #require(try padded.decode(speech).timestamps)
        for (start, other) in zip(starts, shifted) { #expect(abs(start - other) < 0.1) }
    }

    /// The model decodes complete chunks, so speech that is cut off at its end needs silence behind it.
    @Test func theTailBringsTheLastWord() throws {
        let end = 21_584  // The end of the last word in the manifest, in samples.
        let cut = Array(try samples("en_digits_16k.wav")[..<end])
        let without = try OnlineRecognizer(.streamingTransducer, padding: StreamPadding(tail: .zero))
        #expect(try without.decode(cut).text == "ONE TWO THREE")
        let with = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        #expect(try with.decode(cut).text == "ONE TWO THREE FOUR")
    }

    @Test func streamsThatAreDecodedTogetherGetTheirOwnTexts() throws {
        let recognizer = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        let streams = try Self.recordings.map { _ in try recognizer.makeStream() }
        let pieces = try Self.recordings.map { Self.pieces(of: try samples($0.file)) }
        for index in 0..<(pieces.map(\.count).max() ?? 0) {
            for (stream, pieces) in zip(streams, pieces) {
                if index < pieces.count { stream.accept(pieces[index]) } else { stream.finishInput() }
            }
            recognizer.decode(streams)
        }
        streams.forEach { $0.finishInput() }
        recognizer.decode(streams)
        #expect(try streams.map { try $0.result.text } == Self.recordings.map(\.text))
    }

    @Test func aStreamThatIsResetHearsTheNextTurnOnly() throws {
        let recognizer = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        let stream = try recognizer.makeStream()
        let alone = try recognizer.decode(samples("en_digits_16k.wav"))
        for file in ["en_word_16k.wav", "en_repeats_16k.wav", "en_digits_16k.wav"] {
            try stream.reset()
            #expect(try stream.result.text.isEmpty)
            stream.accept(try samples(file))
            stream.finishInput()
            recognizer.decode([stream])
        }
        #expect(try stream.result == alone)
    }

    /// The library would end the process on a stream with nothing to decode.
    @Test func whatComesAfterTheEndIsNotHeard() throws {
        let recognizer = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        let stream = try recognizer.makeStream()
        recognizer.decode([OnlineStream]())
        recognizer.decode([stream])
        stream.accept(try samples("en_word_16k.wav"))
        stream.finishInput()
        stream.finishInput()
        stream.accept(try samples("en_digits_16k.wav"))
        for _ in 0..<2 { recognizer.decode([stream]) }
        #expect(try stream.result.text == "STOP")
    }

    @Test(arguments: [0, 1, 80, 400])
    func fewSamplesAreSilence(count: Int) throws {
        let recognizer = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        #expect(try recognizer.decode([Float](repeating: 0.1, count: count)).text.isEmpty)
    }

    /// The model knows no homophones, so only a high score makes it hear another word.
    @Test(arguments: [(["OPEN"], "OPEN OPEN RIGHT"), (["FOUR"], "FOUR EIGHT RIGHT"), ([], "FOUR EIGHT RIGHT")])
    func hotwordsChangeWhatAStreamHears(hotwords: [String], text: String) throws {
        let recognizer = try OnlineRecognizer(.streamingTransducerWithHotwords, padding: .streamingTransducer)
        let streams = [try recognizer.makeStream(hotwords: hotwords), try recognizer.makeStream()]
        for _ in 0..<2 {
            for stream in streams {
                stream.accept(try samples("en_homophones_16k.wav"))
                stream.finishInput()
            }
            recognizer.decode(streams)
            #expect(try streams[0].result.text == text)
            #expect(try streams[1].result.text == "FOUR EIGHT RIGHT")
            for stream in streams { try stream.reset() }
        }
    }

    @Test(arguments: ["FOR :abc", ":4", "C#", "FOR/ATE", "FOR\nATE", "", "FOR\0"])
    func hotwordsOnWhichTheLibraryWouldEndTheProcessAreRefused(hotword: String) throws {
        let recognizer = try OnlineRecognizer(.streamingTransducerWithHotwords, padding: .streamingTransducer)
        let error = #expect(throws: SherpaOnnxError.self) { try recognizer.makeStream(hotwords: ["FOR", hotword]) }
        #expect(error?.code == .hotwordsRefused)
        let greedy = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        #expect(throws: SherpaOnnxError.self) { try greedy.makeStream(hotwords: ["FOR"]) }
    }

    @Test func eightThreadsGiveTheTextsOfOne() async throws {
        let recognizer = try OnlineRecognizer(.streamingTransducer, padding: .streamingTransducer)
        let sounds = try Self.recordings.map { try samples($0.file) }
        let results = await onThreads(8) { _ in sounds.map { try? recognizer.decode($0).text } }
        #expect(results.allSatisfy { $0 == Self.recordings.map(\.text) })
    }

    @Test(arguments: [
        (TextField.transducerEncoder, nil, "encoder: '"), (.tokens, nil, "tokens: '"),
        (.transducerJoiner, "<html>Not Found</html>", "Protobuf parsing failed"),
    ])
    func aRecognizerThatCannotBeMadeThrowsTheLibrarysWords(
        field: TextField, content: String?, words: String
    ) throws {
        let folder = try TemporaryFolder()
        if let content { try folder.write(Data(content.utf8), to: "file.onnx") }
        var configuration = RecognizerConfiguration.streamingTransducer
        configuration.texts[field] = folder.file("file.onnx")
        let error = #expect(throws: SherpaOnnxError.self) {
            try OnlineRecognizer(configuration, padding: .streamingTransducer)
        }
        #expect(error?.code == .notCreated)
        #expect(error?.words.contains(words) == true, "\(error?.words ?? "")")
    }
}

extension StreamPadding {
    fileprivate static let streamingTransducer = StreamPadding(tail: .milliseconds(660))
}

extension RecognizerConfiguration {
    fileprivate static let streamingTransducer = streamingTransducer([:])

    fileprivate static let streamingTransducerWithHotwords = {
        var configuration = streamingTransducer([
            .decodingMethod: "modified_beam_search", .modelingUnit: "bpe",
            .bpeVocabulary: Fixtures.model("transducer", "bpe.vocab"),
        ])
        configuration.decimals[.hotwordsScore] = 12
        configuration.numbers[.maximumActivePaths] = 29
        return configuration
    }()

    private static func streamingTransducer(_ texts: [TextField: String]) -> Self {
        func file(_ name: String) -> String { Fixtures.model("streaming_transducer", name) }
        return Self(
            texts.merging([
                .transducerEncoder: file("encoder.onnx"), .transducerDecoder: file("decoder.onnx"),
                .transducerJoiner: file("joiner.onnx"), .tokens: file("tokens.txt"),
            ]) { $1 })
    }
}
