import Concurrency
package import Essentials
import SpeechTypes
import Synchronization
import SystemPackage

/// Sound on disk that is to be transcribed: a WAV file that only its owner can read. As long as this object exists, the
/// file is locked (flock(2)), so that no other process of the tool takes it.
package final class Recording: Sendable {
    package let path: String
    package let began: Date
    /// Its length so far.
    package var duration: Duration { Duration(samples: state.withLock { $0.samples }) }

    private struct State {
        var samples: Int
        var isSilent: Bool
        var hasSpeech: Bool?
    }

    private let descriptor: Int32
    private let state: Mutex<State>
    private let completion = OneShot<Void>()

    /// Takes ownership of an open file; the descriptor is closed by this object.
    init(path: String, began: Date, descriptor: Int32, samples: Int) {
        self.path = path
        self.began = began
        self.descriptor = descriptor
        state = Mutex(State(samples: samples, isSilent: samples == 0))
    }

    deinit { close(descriptor) }

    /// Whether it contains only zeros, as a muted microphone delivers them.
    var isSilent: Bool { state.withLock { $0.isSilent } }

    /// Whether a detector heard speech; `nil` if none was listening.
    var hasSpeech: Bool? { state.withLock { $0.hasSpeech } }

    /// Writes the header of a file that is still growing.
    func begin() throws(RecordingError) { try write(WaveHeader.bytes(samples: nil), at: nil) }

    /// Appends samples of full scale −1…1.
    package func append(_ sound: [Float]) throws(RecordingError) {
        try write(WaveHeader.bytes(of: sound), at: nil)
        state.withLock { state in
            state.samples += sound.count
            state.isSilent = state.isSilent && sound.allSatisfy { $0 == 0 }
        }
    }

    /// Completes the file with its first `count` samples. `hasSpeech` says whether a detector heard speech; `nil` if
    /// none was listening.
    package func finish(keeping count: Int? = nil, hasSpeech: Bool? = nil) throws(RecordingError) {
        defer { completion.resolve() }
        let samples = state.withLock { state in
            state.samples = min(state.samples, count ?? .max)
            state.hasSpeech = hasSpeech
            return state.samples
        }
        guard ftruncate(descriptor, off_t(WaveHeader.length + samples * WaveHeader.bytesPerSample)) == 0 else {
            throw RecordingError("cut", path, errno)
        }
        try write(WaveHeader.bytes(samples: samples), at: 0)
    }

    /// Waits until it is complete.
    ///
    /// - Throws: `CancellationError`.
    func untilComplete() async throws { try await completion.value() }

    package func remove() { unlink(path) }

    private func write(_ data: Data, at position: Int64?) throws(RecordingError) {
        let file = FileDescriptor(rawValue: descriptor)
        do {
            if let position { try file.writeAll(toAbsoluteOffset: position, data) } else { try file.writeAll(data) }
        } catch {
            throw RecordingError("write", path, (error as? Errno)?.rawValue ?? EIO)
        }
    }
}

/// Why a recording cannot be stored, and what to do.
package struct RecordingError: Error, CustomStringConvertible {
    package let description: String

    init(_ operation: String, _ path: String, _ code: Int32) {
        let reason = SystemReason.words(for: code)
        description =
            "Cannot \(operation) the recording '\(path)': \(reason). Make room, or set XDG_CACHE_HOME elsewhere."
    }
}

/// The header of a WAV file of mono 16-bit samples at 16 kHz ("Multimedia Programming Interface and Data Specifications
/// 1.0", IBM and Microsoft, 1991).
enum WaveHeader {
    /// In bytes.
    static let length = 44
    static let bytesPerSample = 2

    /// The header of a file with this many samples; `nil` for a file that is still growing, whose header says "to the
    /// end".
    static func bytes(samples: Int?) -> Data {
        let size = samples.map { UInt32(clamping: $0 * bytesPerSample) } ?? .max
        let rate = UInt32(AudioBuffer.sampleRate)
        return Data("RIFF".utf8) + number(size.addingReportingOverflow(36).overflow ? .max : size + 36)
            + Data("WAVEfmt ".utf8) + number(UInt32(16)) + number(UInt16(1)) + number(UInt16(1)) + number(rate)
            + number(rate * UInt32(bytesPerSample)) + number(UInt16(bytesPerSample)) + number(UInt16(16))
            + Data("data".utf8) + number(size)
    }

    static func bytes(of samples: [Float]) -> Data {
        let whole = samples.map { Int16((max(-1, min(1, $0)) * Float(Int16.max)).rounded()).littleEndian }
        return whole.withUnsafeBytes { Data($0) }
    }

    private static func number(_ value: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
}
