import Concurrency
import Foundation
import TestSupport

/// A persistent connection for successive requests that gives every byte of the responses.
actor FormConnection {
    private let executor = QueueExecutor(label: "form connection")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let port: Int
    private var descriptor: Int32 = -1
    private var received: [UInt8] = []
    /// The number of connections made.
    private(set) var connects = 0

    #if canImport(Darwin)
        private static let stream = SOCK_STREAM
    #else
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #endif

    init(port: Int) {
        self.port = port
        signal(SIGPIPE, SIG_IGN)  // writing to whom has hung up is an error then
    }

    deinit {
        if descriptor >= 0 { Foundation.close(descriptor) }
    }

    /// Posts a form, on the connection of the previous request if the server has left it open.
    ///
    /// - Throws: `NeverHappened` if no complete response arrives.
    func post(_ path: String, contentType: String, body: [UInt8]) throws -> Answer {
        if descriptor < 0 { try connect() }
        let opening = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: \(contentType)\r\n"
        // A response may arrive before everything is sent, and the server may close the connection then.
        send(Array("\(opening)Content-Length: \(body.count)\r\n\r\n".utf8) + body)
        let lines = try head(endingWith: "\r\n\r\n").split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ UInt($0) }) else {
            throw NeverHappened("a status in \(lines)")
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw NeverHappened("a colon in \(line)") }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let reply: [UInt8]
        if fields["transfer-encoding"] == "chunked" {
            reply = try chunks()
        } else {
            reply = try take(fields["content-length"].flatMap { Int($0) } ?? 0)
        }
        if fields["connection"] == "close" { hangUp() }
        return Answer(status: status, headers: fields, body: String(decoding: reply, as: UTF8.self))
    }

    /// Posts a form to be transcribed.
    func post(_ form: MultipartBody) throws -> Answer {
        try post(APIClient.transcriptions, contentType: MultipartBody.contentType, body: [UInt8](form.data))
    }

    private func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            guard let size = Int(try head(endingWith: "\r\n"), radix: 16) else { throw NeverHappened("a chunk's size") }
            let chunk = try take(size + 2)
            if size == 0 { return body }
            body += chunk.dropLast(2)
        }
    }

    /// Reads up to a mark; the mark is consumed too.
    private func head(endingWith mark: String) throws -> String {
        let mark = Array(mark.utf8)
        while true {
            if let range = received.firstRange(of: mark) {
                defer { received.removeSubrange(..<range.upperBound) }
                return String(decoding: received[..<range.lowerBound], as: UTF8.self)
            }
            try receive()
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while received.count < count { try receive() }
        defer { received.removeSubrange(..<count) }
        return Array(received[..<count])
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else {
            hangUp()
            throw NeverHappened("The server hung up, or said nothing for two minutes, instead of an answer.")
        }
        received += buffer[..<count]
    }

    private func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func connect() throws {
        connects += 1
        descriptor = socket(AF_INET, Self.stream, 0)
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw NeverHappened("a connection to port \(port)") }
    }

    private func hangUp() {
        Foundation.close(descriptor)
        descriptor = -1
        received = []
    }
}
