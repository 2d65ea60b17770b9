import Essentials
import NIOCore
import NIOFoundationEssentialsCompat
import TranscriptFormats

/// An event that a client sent over a live session's WebSocket.
enum ClientEvent: Sendable {
    /// Change the configuration: the `session` object.
    case update(JSONValue)
    /// Audio in the session's format.
    case append(Data)
    case commit
    case clear

    /// The types of events, as `/asyncapi.json` describes them.
    enum Kind: String, CaseIterable {
        case update = "session.update"
        case append = "input_audio_buffer.append"
        case commit = "input_audio_buffer.commit"
        case clear = "input_audio_buffer.clear"
    }

    /// The event and the id that the client gave it, if any.
    struct Received: Sendable {
        let event: ClientEvent
        let id: String?
    }

    /// Parses a message.
    ///
    /// - Throws: `Refused` naming what is wrong.
    static func parse(_ message: ByteBuffer) throws(Refused) -> Received {
        let head: Head
        do {
            head = try JSONDecoder().decode(Head.self, from: message)
        } catch {
            throw Refused(.invalid("type", "The message is no JSON object with a \"type\" that is a string."), id: nil)
        }
        let id = head.eventID.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(512))) }
        do throws(APIError) {
            return Received(event: try event(of: head, in: message), id: id)
        } catch {
            throw Refused(error, id: id)
        }
    }

    private static func event(of head: Head, in message: ByteBuffer) throws(APIError) -> ClientEvent {
        guard let kind = Kind(rawValue: head.type) else {
            throw .unsupported(
                "type",
                "There is no event '\(head.type.excerpt)' in a transcription session. Send session.update or "
                    + "input_audio_buffer.append, .commit or .clear.")
        }
        switch kind {
        case .update:
            guard let session = (try? JSONDecoder().decode(JSONValue.self, from: message))?["session"],
                session.isObject
            else { throw .missing("session", "A session.update has an object \"session\".") }
            return .update(session)
        case .append:
            guard let text = head.audio else {
                throw .missing("audio", "An input_audio_buffer.append has its \"audio\" as base64.")
            }
            guard text.utf8.count <= longestAudio else {
                throw .invalid("audio", "The audio of one append has more than 15 MiB. Send it in smaller pieces.")
            }
            guard let audio = Data(base64Encoded: text) else {
                throw .invalid("audio", "The audio is not base64 (RFC 4648, section 4).")
            }
            return .append(audio)
        case .commit: return .commit
        case .clear: return .clear
        }
    }

    /// In characters of base64: 15 MiB of audio, OpenAI's limit.
    private static let longestAudio = 20 << 20

    private struct Head: Decodable {
        let type: String
        let eventID: String?
        let audio: String?

        enum CodingKeys: String, CodingKey {
            case type, audio
            case eventID = "event_id"
        }
    }

    /// A message that is no event, and the client's id for it.
    struct Refused: Error {
        let error: APIError
        let id: String?

        init(_ error: APIError, id: String?) {
            self.error = error
            self.id = id
        }
    }
}
