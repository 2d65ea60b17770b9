import NIOCore

/// Parses server-sent events, however the bytes are split in transit (WHATWG HTML, 9.2.6). Does no I/O.
struct EventLines {
    private var rest: [UInt8] = []
    private var data: [String] = []

    /// An element of the stream.
    enum Line: Equatable {
        /// The data of an event.
        case data(String)
        /// A comment, without the space after its colon.
        case comment(String)
    }

    /// Adds the next bytes.
    ///
    /// - Returns: The lines that are complete now, in order.
    mutating func take(_ bytes: ByteBuffer) -> [Line] {
        rest += bytes.readableBytesView
        var lines: [Line] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[..<end]
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            let text = String(decoding: line, as: UTF8.self)
            rest.removeFirst(end + 1)
            if text.isEmpty {
                if !data.isEmpty { lines.append(.data(data.joined(separator: "\n"))) }
                data = []
            } else if let value = Self.value(of: "data:", in: text) {
                data.append(value)
            } else if let comment = Self.value(of: ":", in: text) {
                lines.append(.comment(comment))
            }
        }
        return lines
    }

    /// Ends the stream: returns the data of an event that no empty line closed, as some servers leave their last one.
    mutating func finish() -> [Line] {
        take(ByteBuffer(string: "\n\n"))
    }

    private static func value(of field: String, in line: String) -> String? {
        guard line.hasPrefix(field) else { return nil }
        let value = line.dropFirst(field.count)
        return String(value.first == " " ? value.dropFirst() : value)
    }
}
