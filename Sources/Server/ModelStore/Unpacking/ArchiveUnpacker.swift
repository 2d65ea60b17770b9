import Essentials
import EngineHost
import EngineLink

/// Unpacks an untrusted archive into a folder. An engine reads the archive; the files are written here.
struct ArchiveUnpacker: Sendable {
    let engine: EngineTask
    let limits: UnpackingLimits
    /// How long the engine may send nothing.
    let patience: Duration

    /// Unpacks all entries into an empty folder, whose path must have no links. Cancelling the task ends the engine.
    ///
    /// - Returns: `nil`, or why the file is no archive, or an empty one; then nothing was written.
    /// - Throws: `FetchError` if the archive is damaged, an entry would be outside the folder, the limits are exceeded,
    ///   or the engine fails; `SystemError`, `CancellationError`.
    func unpack(_ archive: String, into folder: String) async throws -> FetchError? {
        let file = open(archive, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError("open", archive) }
        defer { close(file) }
        do {
            return try await engine.run(.unpack, passing: [file]) { [limits, patience] socket in
                let writer = try ArchiveWriter(into: folder, limits: limits)
                return try Self.write(socket, to: writer, patience: patience)
            }
        } catch let failure as EngineFailure {
            let reason = failure.refusal ?? "\(EngineExecutable.name), which reads it, \(failure.reason). Try again."
            throw FetchError("Cannot unpack the archive: \(reason)", cause: failure, keepsPartial: true)
        } catch FrameError.late(let patience) {
            throw FetchError(
                "Cannot unpack the archive: \(EngineExecutable.name), which reads it, has said nothing for "
                    + "\(HumanFormat.time(patience)). Try again.", keepsPartial: true)
        } catch let error as FrameError {
            throw Self.nonsense("\(error)")
        }
    }

    private static func write(
        _ socket: LinkSocket, to writer: consuming ArchiveWriter, patience: Duration
    ) throws -> FetchError? {
        while true {
            guard let frame = try socket.receive(limit: Frame.longestReply, within: patience) else {
                throw EngineHangUp()
            }
            if let block = ArchiveBlock(frame) {
                try writer.write(block)
                continue
            }
            guard let reply = try? frame.message(as: UnpackReply.self) else { throw nonsense("no message of ours") }
            switch reply {
            case .entry(let entry):
                try writer.begin(entry)
            case .end:
                try writer.finish()
                return writer.entries > 0 ? nil : FetchError("The archive is empty.")
            case .failed(let reason):
                let error = FetchError("What was downloaded is damaged, or no tar or zip archive: \(reason.asLine).")
                guard writer.entries == 0 else { throw error }
                return error
            }
        }
    }

    /// The error for an engine that violates the protocol, as one might after a malicious archive has taken it over.
    static func nonsense(_ what: String) -> FetchError {
        FetchError(
            "The archive is refused: \(EngineExecutable.name), which reads it, sent \(what). Nothing of it was kept.")
    }
}

extension String {
    /// The beginning of the text, for a message: of limited length, without control characters, which move a cursor.
    var asLine: String {
        let longest = 100
        let scalars = unicodeScalars.prefix(longest).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
        let isCut = unicodeScalars.dropFirst(longest).first != nil
        return String(String.UnicodeScalarView(scalars)) + (isCut ? "…" : "")
    }
}
