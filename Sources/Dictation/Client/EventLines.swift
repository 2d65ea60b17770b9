import NIOCore

/// Takes server-sent events apart, however the bytes are cut on the way (WHATWG HTML, 9.2.6). Does no I/O.
struct EventLines {
    private var rest: [UInt8] = []
    private var data: [String] = []

    /// Adds the next bytes.
    ///
    /// - Returns: The data of the events that are whole now, in order.
    mutating func take(_ bytes: ByteBuffer) -> [String] {
        rest += bytes.readableBytesView
        var events: [String] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[..<end]
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            let text = String(decoding: line, as: UTF8.self)
            rest.removeFirst(end + 1)
            if text.isEmpty {
                if !data.isEmpty { events.append(data.joined(separator: "\n")) }
                data = []
            } else if text.hasPrefix("data:") {
                data.append(String(text.dropFirst(text.hasPrefix("data: ") ? 6 : 5)))
            }
        }
        return events
    }
}
