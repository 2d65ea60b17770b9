import Hummingbird
import NIOCore

/// The names that the parts of a form have in an API.
struct FormNames: Sendable {
    /// The part with the recording.
    var file: String
    /// Whether a text field of this name is read; other parts are skipped and reported.
    var isField: @Sendable (String) -> Bool

    static let openAI = Self(file: "file", isField: FormFields.knows)
}

/// Reads a multipart form while it arrives: the file to disk, the fields into memory.
struct FormReader {
    let spool: UploadSpool
    let maximumUpload: Int

    /// The most bytes of all text fields together; a long prompt has some thousands.
    static let maximumText = 1 << 20

    /// How many bytes of a file are collected before a write: each write costs two thread switches, and a clip of a few
    /// seconds should need one.
    private static let writtenAtOnce = 1 << 18

    struct Form {
        /// The name of the part with the recording.
        var fileField = FormNames.openAI.file
        /// Text fields by name, with `[]` and `[0]` removed; a repeated field has several values.
        var fields: [String: [String]] = [:]
        /// The uploaded file, its name on the client, and its size in bytes.
        var file: (upload: SpooledUpload, name: String, size: Int)?
        /// Names of parts that are not read, each once.
        var skipped: [String] = []

        /// Sets the model; one of another name in the form is reported as ignored.
        mutating func choose(_ model: String) {
            if let other = fields["model"]?.last, !other.isEmpty, other != model { noteSkipped("model") }
            fields["model"] = [model]
        }

        /// Notes a part that is not read. Its name is sent in a header, so it is cut and reduced to plain characters.
        mutating func noteSkipped(_ name: String) {
            let shown = String(
                name.unicodeScalars.prefix(40).map { scalar in
                    let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    return scalar.isASCII && (isPlain || "_-.[]".unicodeScalars.contains(scalar))
                        ? Character(scalar) : "?"
                })
            guard skipped.count < Self.mostSkipped, !shown.isEmpty, !skipped.contains(shown) else { return }
            skipped.append(shown)
        }

        /// More than any client sends; a form may have a thousand parts.
        private static let mostSkipped = 30
    }

    /// Reads the form; throws `MultipartError`, or `APIError` for parts that are too large, encoded or sent twice.
    func read(
        _ request: Request, from client: UploadingClient, named names: FormNames = .openAI
    ) async throws -> Form {
        // Checked before the first byte: the form's own lines have some hundred bytes, and text has its own limit.
        if let length = request.headers[.contentLength].flatMap({ UInt64($0) }) { try check(Int(clamping: length)) }
        try Self.checkEncoding(request.headers[.contentEncoding])
        let boundary = try MultipartParser.boundary(fromContentType: request.headers[.contentType])
        let place = try spool.room.enter(client)
        if request.headers[.expect]?.lowercased() == "100-continue" { client.askForBody() }
        var parser = MultipartParser(boundary: boundary)
        var form = Form(fileField: names.file)
        var part: OpenPart?
        var textBytes = 0
        var bodyBytes = 0
        for try await chunk in request.body {
            bodyBytes += chunk.readableBytes
            place.receive(chunk.readableBytes)
            try check(bodyBytes)
            parser.append(chunk)
            while let event = try parser.next() {
                switch event {
                case .partBegan(let began): part = try open(began, named: names, in: place, of: &form)
                case .data(let bytes):
                    if let part, part.upload == nil { textBytes += bytes.readableBytes }
                    guard textBytes <= Self.maximumText else {
                        throw APIError.malformed(
                            "The text fields of the form have more than \(Self.maximumText) bytes.")
                    }
                    try await part?.add(bytes, maximumUpload: maximumUpload)
                case .partEnded:
                    if let part, let upload = part.upload {
                        form.file?.size = part.size
                        try await upload.end(with: part.bytes)
                    } else if let part {
                        form.fields[part.name, default: []].append(part.bytes.readableBytesView.asText)
                    }
                    part = nil
                case .finished: break
                }
            }
        }
        try parser.finish()
        return form
    }

    /// Limits the body as a whole: file, text fields and the lines between them.
    private func check(_ bodyBytes: Int) throws(APIError) {
        guard bodyBytes - 2 * Self.maximumText <= maximumUpload else { throw .tooLarge(limit: maximumUpload) }
    }

    /// Refuses compressed bodies: recordings are compressed already, and the size of an unpacked body is unknown.
    static func checkEncoding(_ encoding: String?) throws(APIError) {
        guard let encoding, encoding.lowercased() != "identity" else { return }
        throw APIError(
            status: .unsupportedMediaType, code: "unsupported_media_type",
            message: "The body is sent with Content-Encoding '\(encoding.prefix(100))'; send it without.",
            abandonsBody: true)
    }

    /// A part that is kept, while it is received.
    private struct OpenPart {
        let name: String
        /// The file; `nil` for a text field.
        var upload: SpooledUpload?
        /// How many bytes have been received.
        var size = 0
        /// The text, or the bytes of the file that have not been written yet.
        var bytes = ByteBuffer()

        mutating func add(_ more: ByteBuffer, maximumUpload: Int) async throws {
            size += more.readableBytes
            bytes.writeImmutableBuffer(more)
            guard let upload else { return }
            guard size <= maximumUpload else { throw APIError.tooLarge(limit: maximumUpload) }
            guard bytes.readableBytes >= FormReader.writtenAtOnce else { return }
            try await upload.write(bytes)
            bytes.clear()
        }
    }

    private func open(
        _ part: MultipartPart, named names: FormNames, in place: UploadRoom.Place, of form: inout Form
    ) throws -> OpenPart? {
        let name = Self.fieldName(part.name)
        guard name == names.file else {
            if names.isField(name) { return OpenPart(name: name) }
            form.noteSkipped(name)
            return nil
        }
        guard form.file == nil else {
            throw APIError(
                status: .badRequest, code: "invalid_value",
                message: "The form has more than one '\(name)'. Send one recording a request.", parameter: name,
                abandonsBody: true)
        }
        let upload = spool.begin(in: place)
        form.file = (upload, part.filename ?? "file", 0)
        return OpenPart(name: name, upload: upload)
    }

    /// Most clients send a list as `name[]`, PHP as `name[0]`, `name[1]`, and others as `name`.
    private static func fieldName(_ name: String) -> String {
        guard name.hasSuffix("]"), let bracket = name.lastIndex(of: "["),
            name[bracket...].dropFirst().dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return name }
        return String(name[..<bracket])
    }
}

extension APIError {
    static func tooLarge(limit: Int) -> Self {
        APIError(
            status: .contentTooLarge, code: "audio_too_large",
            message: "The upload is larger than \(limit) bytes, this server's limit (--max-upload-size). "
                + "Send a compressed file (mp3, ogg, m4a) or a shorter recording.",
            parameter: "file", abandonsBody: true)
    }
}
