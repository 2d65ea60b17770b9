import Essentials
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat
import TranscriptFormats

/// The body of a request that is a small JSON object.
struct JSONBody {
    /// The most bytes that are read.
    let limit: Int
    /// What to send if the body is longer, and what if it is no JSON object.
    let shorter, example: String

    /// Reads the object; an empty body counts as an empty one.
    ///
    /// - Throws: `APIError` 400 if the body is no JSON object, 413 if it is too long.
    func read(_ request: Request, from client: UploadingClient) async throws -> JSONValue {
        if request.headers[.expect]?.lowercased() == "100-continue" { client.askForBody() }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw APIError(
                status: .contentTooLarge, code: "invalid_value",
                message: "The body has more than \(limit >> 10) KiB. \(shorter)", parameter: "body", abandonsBody: true)
        }
        guard body.readableBytes > 0 else { return .object([]) }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: body), value.isObject else {
            throw APIError.invalid("body", "The body is no JSON object. \(example)")
        }
        return value
    }

    /// Refuses a body that is sent as something else than JSON, or compressed, with 415.
    static func checkType(_ request: Request) throws(APIError) {
        try FormReader.checkEncoding(request.headers[.contentEncoding])
        guard let type = request.headers[.contentType] else { return }
        let name = type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        guard name == "application/json" else {
            throw APIError(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                message: "The body is sent as '\(type.excerpt)'; send JSON with Content-Type: application/json.",
                abandonsBody: true)
        }
    }
}
