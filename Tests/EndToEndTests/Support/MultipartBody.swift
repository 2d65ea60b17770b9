import Foundation

/// A form as clients send it (RFC 7578).
struct MultipartBody: Sendable {
    static let boundary = "asr2clip-test-boundary-7d1"
    static let contentType = "multipart/form-data; boundary=\(boundary)"

    /// The lines before the first byte of a recording.
    static let beginning = Data(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n".utf8)

    private(set) var data = Data()

    /// A form with a recording, the file before or after the fields.
    init(file: Upload?, fields: some Sequence<(key: String, value: String)>, fileFirst: Bool = false) {
        if fileFirst, let file { add(file) }
        for (name, value) in fields {
            add(#"name="\#(name)""#, content: Data(value.utf8))
        }
        if !fileFirst, let file { add(file) }
        data += Data("--\(Self.boundary)--\r\n".utf8)
    }

    /// The file part.
    struct Upload: Sendable {
        var name: String
        var bytes: Data
        /// The name of the part.
        var part = "file"

        /// The same file in a part of another name.
        func named(_ part: String) -> Self {
            var copy = self
            copy.part = part
            return copy
        }

        init(name: String, bytes: Data) {
            self.name = name
            self.bytes = bytes
        }

        init(path: String) throws {
            self.init(
                name: URL(filePath: path).lastPathComponent, bytes: try Data(contentsOf: URL(filePath: path)))
        }
    }

    private mutating func add(_ file: Upload) {
        add(#"name="\#(file.part)"; filename="\#(file.name)""#, content: file.bytes)
    }

    private mutating func add(_ parameters: String, content: Data) {
        data += Data("--\(Self.boundary)\r\nContent-Disposition: form-data; \(parameters)\r\n\r\n".utf8)
        data += content + Data("\r\n".utf8)
    }
}
