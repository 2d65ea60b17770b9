public import Foundation
import SpeechTypes

/// A WAV file that is a header of 44 bytes or more and 16-bit samples: the plain kind.
public struct WaveFile {
    private let header: Data
    private let samples: Data

    /// Reads a file.
    ///
    /// - Throws: What the file system says, or `NeverHappened` for another kind of file.
    public init(path: String) throws {
        let data = try Data(contentsOf: URL(filePath: path))
        guard let chunk = data.range(of: Data("data".utf8)) else {
            throw NeverHappened("\(path) has no samples")
        }
        let length = data[chunk.upperBound...].prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = data[..<chunk.lowerBound]
        samples = data[chunk.upperBound...].dropFirst(4).prefix(length)
    }

    /// The bytes of a file that says the same again and again.
    public func repeated(_ times: Int) -> Data {
        let sound = Data(repeatElement(samples, count: times).joined())
        var file = header + Data("data".utf8) + Self.littleEndian(sound.count) + sound
        file.replaceSubrange(4..<8, with: Self.littleEndian(file.count - 8))
        return file
    }

    /// Writes a file of silence that takes no room on disk.
    ///
    /// - Parameters:
    ///   - seconds: How long it is; up to 37 hours.
    ///   - path: Where it goes.
    /// - Throws: What the file system says.
    public static func writeSilence(seconds: Int, to path: String) throws {
        let length = seconds * 32_000
        var header = AudioBuffer().wav
        header.replaceSubrange(4..<8, with: littleEndian(header.count - 8 + length))
        header.replaceSubrange(header.count - 4..<header.count, with: littleEndian(length))
        try header.write(to: URL(filePath: path))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: UInt64(header.count + length))
        try file.close()
    }

    private static func littleEndian(_ number: Int) -> Data {
        withUnsafeBytes(of: UInt32(number).littleEndian) { Data($0) }
    }
}
