import NIOCore
import TestSupport

@testable import APIServer

/// A part with all its data.
struct ReceivedPart: Equatable, CustomStringConvertible {
    var part: MultipartPart
    var data: [UInt8] = []

    init(_ name: String, filename: String? = nil, data: String = "") {
        self.init(MultipartPart(name: name, filename: filename), data: bytes(data))
    }

    init(_ part: MultipartPart, data: [UInt8] = []) {
        (self.part, self.data) = (part, data)
    }

    var description: String { "\(part): \(String(decoding: data, as: UTF8.self).debugDescription)" }
}

/// The parser violated its own protocol.
struct ProtocolViolation: Error {
    let what: String
}

/// Parses a body in chunks and collects its parts. Checks the order of the events, and that their number is bounded.
func parse(
    _ chunks: [[UInt8]], boundary: String = "b", limits: MultipartLimits = MultipartLimits()
) throws -> [ReceivedPart] {
    var parser = MultipartParser(boundary: boundary, limits: limits)
    var parts: [ReceivedPart] = []
    var (isOpen, isFinished) = (false, false)
    for chunk in chunks {
        parser.append(ByteBuffer(bytes: chunk))
        var budget = 2 * chunk.count + 2
        while let event = try parser.next() {
            budget -= 1
            guard budget > 0, !isFinished else { throw ProtocolViolation(what: "an event too many: \(event)") }
            switch event {
            case .partBegan(let part) where !isOpen:
                parts.append(ReceivedPart(part))
                isOpen = true
            case .data(let data) where isOpen && data.readableBytes > 0:
                parts[parts.count - 1].data += data.readableBytesView
            case .partEnded where isOpen: isOpen = false
            case .finished where !isOpen: isFinished = true
            default: throw ProtocolViolation(what: "an event out of order: \(event)")
            }
        }
    }
    try parser.finish()
    guard isFinished else { throw ProtocolViolation(what: "no event `finished`") }
    return parts
}

/// The UTF-8 of a text, in which `§` stands for bytes that are not text and look like the start of a delimiter.
func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { $0 == "§" ? [0xFF, 0x00, 0x0D, 0x0A, 0x2D, 0x0D, 0x0D] : Array(String($0).utf8) }
}

/// Joins lines by CR LF, without one after the last.
func lines(_ lines: String...) -> String {
    lines.joined(separator: "\r\n")
}

extension Array {
    /// Splits the elements into chunks of random size, some of them empty.
    func randomChunks(using generator: inout SeededGenerator) -> [[Element]] {
        var chunks: [[Element]] = []
        var rest = self[...]
        let longest = Int.random(in: 1...80, using: &generator)
        while !rest.isEmpty {
            let length = Int.random(in: 0...longest, using: &generator)
            chunks.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return chunks
    }
}
