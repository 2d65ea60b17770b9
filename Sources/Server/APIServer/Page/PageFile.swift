import CEmbedded
import Crypto
import Essentials
import NIOCore

/// A file of the page for people, or a document for programs. All of them are part of the program: the page needs no other
/// file and no network.
struct PageFile: Sendable {
    let contentType: String
    let content: ByteBuffer
    /// An entity tag for its content (RFC 9110, section 8.8.3), so that browsers notice a new version of the program.
    let tag: String

    /// The files by path, such as `style/base.css`.
    static let all: [String: PageFile] = Dictionary(
        uniqueKeysWithValues: UnsafeBufferPointer(start: cembedded_page(), count: cembedded_page_count()).map { file in
            let bytes = UnsafeRawBufferPointer(start: file.content.bytes, count: file.content.count)
            return (String(cString: file.path), PageFile(path: String(cString: file.path), bytes: bytes))
        })

    /// What OpenAPI says of the endpoints, and AsyncAPI of live sessions.
    static let openAPI = PageFile(json: APIDocuments.openAPI)
    static let asyncAPI = PageFile(json: APIDocuments.asyncAPI)

    private init(json: String) { self.init(contentType: "application/json", bytes: ByteBuffer(string: json)) }

    private init(path: String, bytes: UnsafeRawBufferPointer) {
        let type =
            switch path.split(separator: ".").last {
            case "html": "text/html; charset=utf-8"
            case "css": "text/css; charset=utf-8"
            case "js": "text/javascript; charset=utf-8"
            case "svg": "image/svg+xml"
            default: "application/octet-stream"
            }
        self.init(contentType: type, bytes: ByteBuffer(bytes: bytes))
    }

    private init(contentType: String, bytes: ByteBuffer) {
        self.contentType = contentType
        content = bytes
        tag = "\"\(SHA256.hash(data: bytes.readableBytesView).prefix(16).hexadecimal)\""
    }
}
