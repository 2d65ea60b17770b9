public import Essentials
import SpeechTypes
import Synchronization
import SystemPackage

/// Sound on disk that is to be transcribed: a WAV file that only its owner can read.
///
/// As long as this object exists, the file is locked (flock(2)), so that no other process of the tool takes it.
public final class Recording: Sendable {
    /// The path of the file.
    public let path: String
    /// The time when it began.
    public let began: Date
    /// Its length so far.
    public var duration: Duration { Duration(samples: state.withLock { $0.samples }) }

    private struct State {
        var samples: Int
        var isSilent: Bool
        var hasSpeech: Bool?
    }

    private let descriptor: Int32
    private let state: Mutex<State>

    /// Takes ownership of an open file; the descriptor is closed by this object.
    init(path: String, began: Date, descriptor: Int32, samples: Int) {
        self.path = path
        self.began = began
        self.descriptor = descriptor
        state = Mutex(State(samples: samples, isSilent: samples == 0))
    }

    deinit {
        close(descriptor)
    }

    /// Whether it contains only zeros, as a muted microphone delivers them.
    var isSilent: Bool { state.withLock { $0.isSilent } }

    /// Whether a detector heard speech; `nil` if none was listening.
    var hasSpeech: Bool? { state.withLock { $0.hasSpeech } }

    /// Writes the header of a file that is still growing.
    func begin() throws(RecordingError) {
        try write(WaveHeader.bytes(samples: nil), at: nil)
    }

    /// Appends sound.
    ///
    /// - Throws: `RecordingError` if it cannot be written; the sound written before is kept.
    public func append(_ sound: [Float]) throws(RecordingError) {
        try write(WaveHeader.bytes(of: sound), at: nil)
        state.withLock { state in
            state.samples += sound.count
            state.isSilent = state.isSilent && sound.allSatisfy { $0 == 0 }
        }
    }

    /// Completes the file.
    ///
    /// - Parameters:
    ///   - count: How many of its first samples to keep; all by default.
    ///   - hasSpeech: Whether a detector heard speech; `nil` if none was listening.
    /// - Throws: `RecordingError` if the header cannot be written; the sound is kept.
    public func finish(keeping count: Int? = nil, hasSpeech: Bool? = nil) throws(RecordingError) {
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

    /// Deletes the file: its text has been delivered, or is not wanted.
    public func remove() {
        unlink(path)
    }

    private func write(_ data: Data, at position: Int64?) throws(RecordingError) {
        let file = FileDescriptor(rawValue: descriptor)
        do {
            if let position { try file.writeAll(toAbsoluteOffset: position, data) } else { try file.writeAll(data) }
        } catch {
            throw RecordingError("write", path, (error as? Errno)?.rawValue ?? EIO)
        }
    }
}

/// Why a recording cannot be stored.
public struct RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed, where, and what to do.
    public let description: String

    init(_ deed: String, _ path: String, _ code: Int32) {
        let reason = String(cString: strerror(code))
        description = "Cannot \(deed) the recording '\(path)': \(reason). Make room, or set XDG_CACHE_HOME elsewhere."
    }
}
