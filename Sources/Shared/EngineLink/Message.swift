import Essentials
import NIOCore
import NIOFoundationEssentialsCompat
public import SpeechTypes

extension Frame {
    /// A message as a frame.
    ///
    /// - Throws: `EncodingError` if JSON has no way to write it.
    public init(message: some Encodable) throws {
        self.init(.message, ByteBuffer(data: try JSONEncoder().encode(message)))
    }

    /// The message in the frame.
    ///
    /// - Throws: `DecodingError` if it is another one.
    public func message<Message: Decodable>(as type: Message.Type) throws -> Message {
        guard kind == .message else { throw FrameError.unknownKind(kind.rawValue) }
        return try JSONDecoder().decode(type, from: content)
    }
}

extension EngineReply {
    /// The reply as a frame.
    ///
    /// - Throws: `TranscriptionError` if JSON has no way to write it: a probability of a model whose weights are damaged
    ///   may be no number, or infinite.
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
