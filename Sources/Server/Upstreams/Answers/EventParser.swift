import Essentials

/// Parses server-sent events, however the bytes are split in transit (WHATWG HTML, 9.2.6), within limits. Does no I/O.
struct EventParser {
    /// The limits of a stream are exceeded.
    enum Excess: Error { case line, stream }

    private let longestLine: Int
    private var bytesLeft: Int
    private var line: [UInt8] = []
    /// Whether the last byte was a carriage return, which a line feed may follow.
    private var wasReturn = false
    private var data: [String] = []
    private var dataBytes = 0

    /// - Parameters:
    ///   - longestLine: The most bytes of a line, and of the data of an event.
    ///   - longestStream: The most bytes of the whole stream.
    init(longestLine: Int, longestStream: Int) {
        self.longestLine = longestLine
        bytesLeft = longestStream
    }

    /// Adds the next bytes.
    ///
    /// - Returns: The data of the events that are complete now.
    mutating func take(_ bytes: some Collection<UInt8>) throws(Excess) -> [String] {
        bytesLeft -= bytes.count
        guard bytesLeft >= 0 else { throw .stream }
        var events: [String] = []
        for byte in bytes {
            let follows = exchange(&wasReturn, with: byte == UInt8(ascii: "\r"))
            switch byte {
            case UInt8(ascii: "\n") where follows: break
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): if let event = try endLine() { events.append(event) }
            default:
                guard line.count < longestLine else { throw .line }
                line.append(byte)
            }
        }
        return events
    }

    /// Ends the stream: the data of an event that no empty line closed, as some servers leave their last one.
    mutating func finish() throws(Excess) -> [String] { try take([10, 10]) }

    private mutating func endLine() throws(Excess) -> String? {
        let text = String(decoding: exchange(&line, with: []), as: UTF8.self)
        if text.isEmpty {
            dataBytes = 0
            let lines = exchange(&data, with: [])
            return lines.isEmpty ? nil : lines.joined(separator: "\n")
        }
        guard text.hasPrefix("data:") else { return nil }
        let value = text.dropFirst("data:".count)
        dataBytes += value.utf8.count
        guard dataBytes <= longestLine else { throw .line }
        data.append(String(value.first == " " ? value.dropFirst() : value))
        return nil
    }
}
