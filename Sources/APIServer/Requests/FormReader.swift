import Hummingbird
import NIOCore

/// Reads a multipart form as it arrives: the file to disk, the fields into memory.
struct FormReader {
    let spool: UploadSpool
    let maximumUpload: Int

    /// The most bytes that all text fields may have together; a long prompt has some thousands.
    static let maximumText = 1 << 20

    /// Bytes of a file that are collected before they are written: each write costs two changes of thread, and a clip of a
    /// few seconds should need one.
    private static let writtenAtOnce = 1 << 18

    /// A form as it was sent.
    struct Form {
        /// Text fields by name, `[]` removed; a field that came more than once has several values.
        var fields: [String: [String]] = [:]
        /// The uploaded file, what the client calls it, and how many bytes it has.
        var file: (upload: SpooledUpload, name: String, size: Int)?
    }

    /// Reads the whole form.
    ///
    /// - Throws: `MultipartError`, or `APIError` for what is too large or there twice.
    func read(_ request: Request) async throws -> Form {
        // Known before the first byte: the form's own lines are some hundred bytes, and text has its own limit.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) { try check(length) }
        let boundary = try MultipartParser.boundary(fromContentType: request.headers[.contentType])
        var parser = MultipartParser(boundary: boundary)
        var form = Form()
        var part = OpenPart.none
        var textBytes = 0
        var bodyBytes = 0
        for try await chunk in request.body {
            bodyBytes += chunk.readableBytes
            try check(bodyBytes)
            parser.append(chunk)
            while let event = try parser.next() {
                switch event {
                case .partBegan(let began): part = try open(began, in: &form)
                case .data(let bytes):
                    textBytes += try await add(bytes, to: &part)
                    guard textBytes <= Self.maximumText else {
                        throw APIError(
                            status: .badRequest, code: "invalid_value",
                            message: "The text fields of the form have more than \(Self.maximumText) bytes.",
                            abandonsBody: true)
                    }
                case .partEnded:
                    try await end(part, in: &form)
                    part = .none
                case .finished: break
                }
            }
        }
        try parser.finish()
        return form
    }

    /// Bounds the body as a whole: file, text fields and the lines between them.
    private func check(_ bodyBytes: Int) throws(APIError) {
        guard bodyBytes - 2 * Self.maximumText <= maximumUpload else { throw .tooLarge(limit: maximumUpload) }
    }

    private enum OpenPart {
        case none
        case text(name: String, value: ByteBuffer)
        /// What waits has not been written yet.
        case file(SpooledUpload, size: Int, waiting: ByteBuffer)
    }

    private func open(_ part: MultipartPart, in form: inout Form) throws -> OpenPart {
        let name = part.name.hasSuffix("[]") ? String(part.name.dropLast(2)) : part.name
        guard name == "file" else { return .text(name: name, value: ByteBuffer()) }
        guard form.file == nil else {
            throw APIError(
                status: .badRequest, code: "invalid_value",
                message: "The form has more than one 'file'. Send one recording a request.", parameter: "file",
                abandonsBody: true)
        }
        let upload = spool.begin()
        form.file = (upload, part.filename ?? "file", 0)
        return .file(upload, size: 0, waiting: ByteBuffer())
    }

    private func end(_ part: OpenPart, in form: inout Form) async throws {
        switch part {
        case .none: break
        case .text(let name, let value): form.fields[name, default: []].append(value.asText)
        case .file(let upload, let size, let waiting):
            form.file?.size = size
            try await upload.end(with: waiting)
        }
    }

    /// - Returns: How many bytes of text were added.
    private func add(_ bytes: ByteBuffer, to part: inout OpenPart) async throws -> Int {
        switch part {
        case .none: return 0
        case .text(let name, var value):
            part = .none  // so that `value` is the only owner and grows in place
            value.writeImmutableBuffer(bytes)
            part = .text(name: name, value: value)
            return bytes.readableBytes
        case .file(let upload, var size, var waiting):
            part = .none
            size += bytes.readableBytes
            guard size <= maximumUpload else { throw APIError.tooLarge(limit: maximumUpload) }
            waiting.writeImmutableBuffer(bytes)
            if waiting.readableBytes >= Self.writtenAtOnce {
                try await upload.write(waiting)
                waiting.clear()
            }
            part = .file(upload, size: size, waiting: waiting)
            return 0
        }
    }
}

extension ByteBuffer {
    fileprivate var asText: String { String(decoding: readableBytesView, as: UTF8.self) }
}
