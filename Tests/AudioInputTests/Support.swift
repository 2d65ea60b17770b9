import AudioInput
import Foundation
import SpeechTypes

/// The recordings that all tests share, and their properties.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/audio").standardizedFileURL

    struct Recording: Decodable, Sendable {
        let file: String
        let duration: Double
        let encoding: String
    }

    private struct Manifest: Decodable {
        let files: [Recording]
        let session: Recording
    }

    static let recordings: [Recording] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "manifest.json")),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { return [] }
        return manifest.files + [manifest.session]
    }()

    static func path(_ file: String) -> String { folder.appending(path: file).path }

    static func bytes(_ file: String) throws -> [UInt8] { try bytes(path: path(file)) }

    /// A file of Fixtures/containers.
    static func container(_ file: String) -> String {
        folder.appending(path: "../containers/\(file)").standardizedFileURL.path
    }

    static func bytes(container file: String) throws -> [UInt8] { try bytes(path: container(file)) }

    static func bytes(path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path))) }
}

/// The result of decoding a file.
struct Decoded {
    var chunks: [Int] = []
    var samples: [Float] = []
    var damagedPackets = 0
    var seconds: Double { Double(samples.count) / 16_000 }

    /// Loudness; a sine of amplitude 1 has 0.707.
    var level: Float { (samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count))).squareRoot() }

    /// The times in seconds at which something loud starts after at least half a second without.
    var loudStarts: [Double] {
        var starts: [Double] = []
        var lastLoud = -1.0
        for index in samples.indices where abs(samples[index]) > 0.02 {
            let time = Double(index) / 16_000
            if time - lastLoud > 0.5 { starts.append(time) }
            lastLoud = time
        }
        return starts
    }
}

func decode(_ path: String, name: String = "clip", longest: Duration = .seconds(6 * 3600)) throws(TranscriptionError)
    -> Decoded
{
    var decoder = try AudioDecoder(path: path, name: name, maximumDuration: longest)
    var result = Decoded()
    while let chunk = try decoder.next() {
        result.chunks.append(chunk.samples.count)
        result.samples += chunk.samples
    }
    result.damagedPackets = decoder.damagedPackets
    return result
}

/// Writes bytes to a temporary file, which is deleted after `body`.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    let url = URL(filePath: NSTemporaryDirectory()).appending(path: "audio-input-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}

func decode(_ bytes: [UInt8], name: String = "clip", longest: Duration = .seconds(6 * 3600)) throws -> Decoded {
    try withFile(bytes) { try decode($0, name: name, longest: longest) }
}

/// The error with which a file is rejected; `nil` if it can be decoded.
func refusal(_ bytes: [UInt8], name: String = "clip", longest: Duration = .seconds(6 * 3600)) throws
    -> TranscriptionError?
{
    do {
        _ = try decode(bytes, name: name, longest: longest)
        return nil
    } catch let error as TranscriptionError {
        return error
    }
}

/// Pseudorandom numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
