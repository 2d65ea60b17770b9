import Essentials
import NIOCore
import NIOFoundationEssentialsCompat
import TranscriptFormats

/// An event of another server's live session, as far as it must be understood.
enum RelayedEvent {
    case created
    case updated
    /// The error, and the id of the event that caused it.
    case error(APIError, cause: String?)
    /// An event that is passed on as it is: its type, and the item that it is about.
    case passed(type: String, item: String?)
    /// An event that is not passed on.
    case unknown

    /// Reads a message; `nil` if it is no event.
    init?(_ message: ByteBuffer) {
        guard let head = try? JSONDecoder().decode(Head.self, from: message) else { return nil }
        switch head.type {
        case "session.created": self = .created
        case "session.updated": self = .updated
        case "error":
            guard let json = try? JSONDecoder().decode(JSONValue.self, from: message) else { return nil }
            let code = json["error"]?["code"]?.string.flatMap(Self.word)
            self = .error(
                APIError(
                    status: .badRequest, code: code ?? "upstream_failed",
                    message: ServerReason.asSentence(ServerReason.find(in: json) ?? "It gives no reason."),
                    parameter: json["error"]?["param"]?.string.flatMap(Self.word)),
                cause: json["error"]?["event_id"]?.string.flatMap(Self.word))
        case let type where Self.passed.contains { type.hasPrefix($0) }:
            self = .passed(type: type, item: head.item.map { String($0.prefix(200)) })
        default: self = .unknown
        }
    }

    private static let passed = ["input_audio_buffer.", "conversation.item."]

    /// A text that is one plain word.
    private static func word(_ text: String) -> String? {
        (1...512).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }

    private struct Head: Decodable {
        let type: String
        let item: String?

        enum CodingKeys: String, CodingKey {
            case type
            case item = "item_id"
        }
    }
}
