import Foundation

/// A file that is not a recording and makes a careless reader open another file or an address.
struct Disguise: Sendable, CustomStringConvertible {
    let description: String
    /// The file name that the client sends.
    var fileName = "speech.wav"
    let content: @Sendable (_ canary: String, _ port: Int) -> Data

    private init(_ description: String, text: String) {
        self.init(description) { canary, port in
            Data(text.replacing("CANARY", with: canary).replacing("PORT", with: "\(port)").utf8)
        }
    }

    private init(
        _ description: String, content: @escaping @Sendable (_ canary: String, _ port: Int) -> Data
    ) {
        self.description = description
        self.content = content
    }

    private func named(_ fileName: String) -> Self {
        var copy = self
        copy.fileName = fileName
        return copy
    }

    static let all = playlists + descriptions + subtitles + names + [movie(path: .absolute), movie(path: .relative)]

    private static let playlists = [
        "CANARY", "file://CANARY", "http://127.0.0.1:PORT/a.ts", "tcp://127.0.0.1:PORT", "concat:CANARY|CANARY",
        "data:audio/wav;base64,UklGRg==", "crypto+file:CANARY", "subfile,,start,0,end,0,,:CANARY",
    ].flatMap { target in
        [
            Disguise(
                "an HLS playlist of \(target)",
                text: "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n\(target)\n#EXT-X-ENDLIST\n"),
            Disguise(
                "an HLS playlist with \(target) as key and map",
                text: "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-KEY:METHOD=AES-128,URI=\"\(target)\"\n"
                    + "#EXT-X-MAP:URI=\"\(target)\"\n#EXTINF:10,\n\(target)\n#EXT-X-ENDLIST\n"),
            Disguise("a list of \(target)", text: "ffconcat version 1.0\nfile '\(target)'\n"),
            Disguise("a master playlist of \(target)", text: "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n\(target)\n"),
        ]
    }

    private static let descriptions = [
        Disguise(
            "a session description",
            text: "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio PORT RTP/AVP 0\n"),
        Disguise(
            "a DASH manifest",
            text: "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period>"
                + "<BaseURL>http://127.0.0.1:PORT/</BaseURL><AdaptationSet><Representation id=\"1\"><BaseURL>file://CANARY"
                + "</BaseURL></Representation></AdaptationSet></Period></MPD>"),
        Disguise(
            "a Windows Media reference", text: "[Reference]\nRef1=http://127.0.0.1:PORT/a.wav\nRef2=CANARY\n"),
        Disguise(
            "an ASX list", text: "<asx version=\"3\"><entry><ref href=\"http://127.0.0.1:PORT/a\"/></entry></asx>"),
        Disguise("a PLS list", text: "[playlist]\nFile1=CANARY\nFile2=http://127.0.0.1:PORT/a\nNumberOfEntries=2\n"),
        Disguise("a cue sheet", text: "FILE \"CANARY\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n"),
        Disguise("metadata", text: ";FFMETADATA1\ntitle=CANARY\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\n"),
        Disguise("an RTSP address", text: "rtsp://127.0.0.1:PORT/a\n"),
        Disguise("a Smooth Streaming manifest", text: "<SmoothStreamingMedia MajorVersion=\"2\" Duration=\"1\"/>"),
    ]

    private static let subtitles = [
        Disguise("SubRip subtitles", text: "1\n00:00:00,000 --> 00:00:02,000\nCANARY\n\n"),
        Disguise("WebVTT subtitles", text: "WEBVTT\n\n00:00.000 --> 00:02.000\nhttp://127.0.0.1:PORT/\n"),
        Disguise("ASS subtitles", text: "[Script Info]\nScriptType: v4.00+\n[Events]\nDialogue: 0,CANARY\n"),
    ]

    /// Names that a reader may take for a path or a pattern; the content is not sound.
    private static let names = [
        "http://127.0.0.1:PORT/a.wav", "CANARY", "image%03d.png", "concat:CANARY", "../../etc/passwd",
        "rtp://127.0.0.1:PORT",
    ].map { name in
        Disguise("a file named \(name)", text: "\u{89}PNG\r\n\u{1A}\nCANARY").named(name)
    }

    private enum Place { case absolute, relative }

    /// A QuickTime movie with sound in another file (QuickTime File Format, "Data Reference Atoms": `alis`, `url `).
    private static func movie(path place: Place) -> Disguise {
        Disguise("a movie with \(place) references to another file") { canary, port in
            let path = place == .absolute ? canary : "../../../.." + canary
            return Movie(reference: path, address: "http://127.0.0.1:\(port)/a.wav").data
        }
    }
}
