import Essentials
import NIOCore
import NIOFoundationEssentialsCompat
public import SpeechTypes

extension Frame {
    /// Encodes a message.
    ///
    /// - Throws: `EncodingError` if JSON cannot express it.
    public init(message: some Encodable) throws {
        self.init(.message, ByteBuffer(data: try JSONEncoder().encode(message)))
    }

    /// Decodes the message.
    ///
    /// - Throws: `DecodingError` if it has another type, `FrameError` if the frame has no message.
    public func message<Message: Decodable>(as type: Message.Type) throws -> Message {
        guard kind == .message else { throw FrameError.unknownKind(kind.rawValue) }
        return try JSONDecoder().decode(type, from: content)
    }
}

extension EngineReply {
    /// Encodes the reply.
    ///
    /// - Throws: `TranscriptionError` if JSON cannot express it: a model with damaged weights may yield probabilities
    ///   that are infinite or not a number.
    public func frame() throws(TranscriptionError) -> Frame {
        do {
            return try Frame(message: self)
        } catch EncodingError.invalidValue(let value, let context) {
            let field = context.codingPath.last.map { " of \($0.stringValue)" } ?? ""
            throw TranscriptionError(
                .recognitionFailed,
                "The model's result cannot be told, since the value\(field) is \(value). Check the model's files.")
        } catch {
            throw TranscriptionError(.recognitionFailed, "The model's result cannot be told: \(error)")
        }
    }
}
