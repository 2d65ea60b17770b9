import CEmbedded
import Crypto
import Essentials
import NIOCore

/// A file of the page for people. All of them are part of the program: the page needs no other file and no network.
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

    private init(path: String, bytes: UnsafeRawBufferPointer) {
        contentType =
            switch path.split(separator: ".").last {
            case "html": "text/html; charset=utf-8"
            case "css": "text/css; charset=utf-8"
            case "js": "text/javascript; charset=utf-8"
            case "svg": "image/svg+xml"
            default: "application/octet-stream"
            }
        content = ByteBuffer(bytes: bytes)
        tag = "\"\(SHA256.hash(data: bytes).prefix(16).hexadecimal)\""
    }
}
