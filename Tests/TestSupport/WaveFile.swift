public import Foundation
import SpeechTypes

/// A plain WAV file: a header of 44 bytes or more, and 16-bit samples.
public struct WaveFile {
    private let header: Data
    private let samples: Data

    /// Reads a file.
    ///
    /// - Throws: An error of the file system, or `NeverHappened` for another kind of file.
    public init(path: String) throws {
        let data = try Data(contentsOf: URL(filePath: path))
        guard let chunk = data.range(of: Data("data".utf8)) else {
            throw NeverHappened("\(path) has no samples")
        }
        let length = data[chunk.upperBound...].prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = data[..<chunk.lowerBound]
        samples = data[chunk.upperBound...].dropFirst(4).prefix(length)
    }

    /// The bytes of a file that repeats the sound.
    public func repeated(_ times: Int) -> Data {
        let sound = Data(repeatElement(samples, count: times).joined())
        var file = header + Data("data".utf8) + Self.littleEndian(sound.count) + sound
        file.replaceSubrange(4..<8, with: Self.littleEndian(file.count - 8))
        return file
    }

    /// Writes a sparse file of silence, which takes no space on disk.
    ///
    /// - Parameters:
    ///   - seconds: Its length; up to 37 hours.
    ///   - path: The path of the file.
    /// - Throws: An error of the file system.
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
