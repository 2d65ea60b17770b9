import Crypto
import Essentials
import HTTPTypes
import Hummingbird
import NIOCore

/// A client's request to switch to the WebSocket protocol (RFC 6455, section 4.2), and the response that grants it.
struct WebSocketUpgrade {
    /// The client's proof that it spoke with a server of WebSockets.
    private let accept: String
    /// The first of the client's subprotocols that the endpoint allows.
    private let subprotocol: String?

    /// The version of the protocol.
    static let version = "13"
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - request: The request. Offers of extensions, such as compression, are ignored.
    ///   - subprotocols: The subprotocols that the response may name.
    /// - Throws: The error for the client; its connection can be used for further requests.
    init(_ request: Request, subprotocols: [String]) throws(APIError) {
        guard request.method == .get, request.offers("upgrade", in: .connection),
            request.offers("websocket", in: .upgrade)
        else {
            throw .upgradeRequired(
                "This endpoint is a WebSocket. Open it with a WebSocket client, at a ws:// or wss:// URL.")
        }
        guard let version = request.headers[.secWebSocketVersion], version == Self.version else {
            let given = request.headers[.secWebSocketVersion] ?? ""
            throw .upgradeRequired(
                "The Sec-WebSocket-Version '\(given.prefix(20))' is not known here. Use \(Self.version) (RFC 6455).")
        }
        guard let key = request.headers[.secWebSocketKey], key.utf8.count == 24, Data(base64Encoded: key)?.count == 16
        else {
            throw .invalidUpgrade("The Sec-WebSocket-Key of the request is not 16 bytes in Base64 (RFC 6455, 4.1).")
        }
        guard (request.headers[.contentLength] ?? "0") == "0", request.headers[.transferEncoding] == nil else {
            throw .invalidUpgrade("A request for a WebSocket has no body.", abandonsBody: true)
        }
        accept = Data(Insecure.SHA1.hash(data: Data((key + Self.guid).utf8))).base64EncodedString()
        subprotocol = request.elements(of: .secWebSocketProtocol).first(where: subprotocols.contains)
    }

    /// The head of the response, in bytes.
    func head(_ headers: HTTPFields) -> ByteBuffer {
        var fields: HTTPFields = [.upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: accept]
        if let subprotocol { fields[.secWebSocketProtocol] = subprotocol }
        var head = ByteBuffer(string: "HTTP/1.1 101 Switching Protocols\r\n")
        for field in fields + headers { head.writeString("\(field.name): \(field.value)\r\n") }
        head.writeString("\r\n")
        return head
    }
}

extension Request {
    /// The elements of a header that is a list.
    fileprivate func elements(of name: HTTPField.Name) -> [String] {
        let elements = headers[values: name].flatMap { $0.split(separator: ",") }
        return elements.map { String($0).trimmed }
    }

    fileprivate func offers(_ token: String, in name: HTTPField.Name) -> Bool {
        elements(of: name).contains { $0.lowercased() == token }
    }
}

extension APIError {
    /// The error for a request that is not, or not validly, an upgrade to a WebSocket.
    static func upgradeRequired(_ message: String) -> Self {
        APIError(
            status: .upgradeRequired, code: "upgrade_required", message: message,
            fields: [.upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: WebSocketUpgrade.version])
    }

    static func invalidUpgrade(_ message: String, abandonsBody: Bool = false) -> Self {
        APIError(status: .badRequest, code: "invalid_value", message: message, abandonsBody: abandonsBody)
    }
}
