import NIOCore

/// Parses a multipart/form-data body while it arrives (RFC 7578, RFC 2046): a value that does no I/O.
///
/// Append a chunk, call `next` until it returns `nil`, and append the next chunk. The data of parts are slices of the
/// chunks, never copies; between chunks, only the header lines of the current part are kept.
struct MultipartParser: Sendable {
    enum Event: Equatable {
        /// A part begins; its data follow.
        case partBegan(MultipartPart)
        /// Some data of the part, not empty.
        case data(ByteBuffer)
        case partEnded
        /// The closing boundary was found; the rest of the body is ignored.
        case finished
    }

    private enum State: Equatable {
        case preamble
        case boundaryLine
        case headers
        case data
        case finished
        case failed(MultipartError)
    }

    private let limits: MultipartLimits
    private var search: BoundarySearch
    private var state = State.preamble
    private var chunk = ByteBuffer()
    private var headers = MultipartHeaders()
    private var line: [UInt8] = []
    private var preambleBytes = 0
    private var headerBytes = 0
    private var parts = 0

    init(boundary: String, limits: MultipartLimits = MultipartLimits()) {
        search = BoundarySearch(boundary: boundary)
        self.limits = limits
    }

    /// Appends the next bytes of the body. Before `next` has returned `nil`, the remaining bytes have to be copied.
    mutating func append(_ bytes: ByteBuffer) {
        if chunk.readableBytes == 0 {
            chunk = bytes
        } else {
            chunk.writeImmutableBuffer(bytes)
        }
    }

    /// The next event in the body; `nil` if more bytes are needed, and always after `finished`. Throws the same error
    /// again on every later call.
    mutating func next() throws(MultipartError) -> Event? {
        if case .failed(let error) = state { throw error }
        do {
            while chunk.readableBytes > 0 {
                if let event = try advance() { return event }
            }
            return nil
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Ends the body, after `next` has returned `nil`; throws if the closing boundary is missing.
    mutating func finish() throws(MultipartError) {
        switch state {
        case .finished: return
        case .failed(let error): throw error
        case .preamble: throw .missingBoundary(search.boundaryLine)
        case .boundaryLine, .headers, .data:
            let place = parts == 0 ? "the first part" : "part \(parts)"
            throw MultipartError(.truncated, "The form ends within \(place), before its closing boundary.")
        }
    }

    /// Takes at least one byte from the chunk, or changes the state.
    private mutating func advance() throws(MultipartError) -> Event? {
        switch state {
        case .preamble: try skipPreamble()
        case .boundaryLine: return try readBoundaryLine()
        case .headers: return try readHeaderLine()
        case .data: return readData()
        case .finished, .failed: chunk.moveReaderIndex(to: chunk.writerIndex)  // The rest is ignored.
        }
        return nil
    }

    private mutating func skipPreamble() throws(MultipartError) {
        switch search.take(from: &chunk) {
        case .data(let skipped):
            preambleBytes += skipped.readableBytes
            guard preambleBytes <= limits.preambleBytes else { throw .missingBoundary(search.boundaryLine) }
        case .delimiter: begin(.boundaryLine)
        case .needsMore: break
        }
    }

    private mutating func readData() -> Event? {
        switch search.take(from: &chunk) {
        case .data(let data): return data.readableBytes > 0 ? .data(data) : nil
        case .delimiter:
            begin(.boundaryLine)
            return .partEnded
        case .needsMore: return nil
        }
    }

    /// Reads the rest of a boundary's line: two hyphens close the form, a line end opens a part.
    private mutating func readBoundaryLine() throws(MultipartError) -> Event? {
        while let byte = chunk.readInteger(as: UInt8.self) {
            try countHeaderBytes(1)
            if byte.isBlank, line.isEmpty { continue }  // transport padding
            line.append(byte)
            switch line.asText {
            case "\r", "-": continue
            case "--" where headerBytes == 2:
                begin(.finished)
                return .finished
            case "\r\n":
                parts += 1
                guard parts <= limits.parts else {
                    throw MultipartError(.tooLarge, "The form has more than \(limits.parts) parts.")
                }
                begin(.headers)
                return nil
            case "\n": throw .wrongLineEnd
            default:
                throw MultipartError(
                    .malformed,
                    "A boundary is followed by more than CR LF, or two hyphens at the end of the form, on its line.")
            }
        }
        return nil
    }

    private mutating func readHeaderLine() throws(MultipartError) -> Event? {
        let end = chunk.readableBytesView.firstIndex(of: UInt8(ascii: "\n"))
        let length = end.map { $0 + 1 - chunk.readerIndex } ?? chunk.readableBytes
        try countHeaderBytes(length)
        line += chunk.readBytes(length: length) ?? []
        guard end != nil else { return nil }
        guard line.firstIndex(of: UInt8(ascii: "\r")) == line.count - 2 else { throw .wrongLineEnd }
        line.removeLast(2)
        guard line.isEmpty else {
            try headers.append(line)
            line = []
            return nil
        }
        let part = try headers.part(number: parts)
        begin(.data)
        return .partBegan(part)
    }

    private mutating func begin(_ next: State) {
        state = next
        line = []
        switch next {
        case .boundaryLine: (headers, headerBytes) = (MultipartHeaders(), 0)
        case .data: search.startLine()
        default: break
        }
    }

    private mutating func countHeaderBytes(_ count: Int) throws(MultipartError) {
        headerBytes += count
        guard headerBytes <= limits.headerBytes else {
            throw MultipartError(.tooLarge, "The header lines of a part are over \(limits.headerBytes) bytes.")
        }
    }
}

extension MultipartParser {
    /// The boundary in a request's Content-Type: 1 to 70 characters, without the two hyphens that precede it in the
    /// body. Throws a `MultipartError` with the code `notMultipart` or `invalidBoundary`.
    static func boundary(fromContentType contentType: String?) throws(MultipartError) -> String {
        guard let contentType else {
            throw MultipartError(.notMultipart, "The request has no Content-Type; send a form as multipart/form-data.")
        }
        let type = contentType.prefix { $0 != ";" }
        guard Array(type.utf8)[...].trimmingBlanks().asText.lowercased() == "multipart/form-data" else {
            throw MultipartError(.notMultipart, "The Content-Type is '\(type)'; send a form as multipart/form-data.")
        }
        let parameters: HeaderParameters
        do {
            parameters = try HeaderParameters(parsing: contentType.utf8)
        } catch {
            throw MultipartError(.invalidBoundary, "The Content-Type cannot be read: \(error.message)")
        }
        guard let boundary = parameters.bytes("boundary"), !boundary.isEmpty else {
            throw MultipartError(
                .invalidBoundary,
                "The Content-Type multipart/form-data has no boundary. Let the HTTP client set this header itself.")
        }
        // RFC 2046 allows fewer characters; here it is enough that none can be mistaken for a line end.
        guard boundary.count <= 70, boundary.allSatisfy({ (0x20...0x7E).contains($0) }), boundary.last != 0x20 else {
            throw MultipartError(
                .invalidBoundary,
                "The boundary '\(boundary.asText)' is not 1 to 70 printable ASCII characters ending in no space.")
        }
        return boundary.asText
    }
}
