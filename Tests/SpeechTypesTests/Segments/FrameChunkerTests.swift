import SpeechTypes
import TestSupport
import Testing

@Suite struct FrameChunkerTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func noSampleIsLostHoweverTheAudioIsChunked(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let sound = (0..<Int.random(in: 0...9_000, using: &random)).map { Float($0) }
        var windows = FrameChunker(size: 512)
        var heard: [Float] = []
        var rest = sound[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 0...2_000, using: &random))
            rest = rest.dropFirst(piece.count)
            for window in windows.receive(Array(piece)) {
                #expect(window.count == 512)
                heard += window
            }
            #expect(windows.rest.count < 512)
        }
        #expect(heard + windows.rest == sound)
    }
}
