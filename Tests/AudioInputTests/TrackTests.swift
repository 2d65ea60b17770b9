import AudioInput
import Testing

/// Which of several channels and tracks is decoded.
@Suite struct TrackTests {
    @Test func aTrackWithChannelsInOppositePhaseIsHeard() throws {
        #expect(try decode(Fixtures.container("antiphase.flac")).level > 0.08)
    }

    /// FFmpeg's matrix for 5.1 leaves out the fourth channel, the subwoofer.
    @Test(arguments: 0..<6) func eachMicrophoneOfARecorderIsHeard(channel: Int) throws {
        var wav = WAV.tone(channels: 6, only: [channel])
        wav.speakers = 0x3F
        #expect(abs(try decode(wav.bytes).level - 0.3535 / 6) < 0.001)
    }

    @Test func withoutADefaultTrackTheFirstAudibleOneIsDecoded() throws {
        #expect(try decode(Fixtures.container("unmarked_tracks.mka")).level > 0.05)
    }

    @Test func theDefaultTrackIsDecoded() throws {
        #expect(try decode(Fixtures.container("marked_tracks.mka")).level == 0)
    }
}
