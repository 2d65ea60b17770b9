import AsyncHTTPClient
import Foundation
import NIOCore
import TestSupport
import Testing

/// Uploads of the maximum size, and uploads without end.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct EndlessUploadTests {
    /// The part of a form that never ends.
    enum Place: String, CaseIterable {
        case preamble, partHeader, field, file, epilogue

        /// The start of the form.
        var beginning: String {
            let line = "--\(MultipartBody.boundary)"
            return switch self {
            case .preamble: "This is "
            case .partHeader: "\(line)\r\nContent-Disposition: form-data; name=\"model\"; x=\""
            case .field: "\(line)\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n"
            case .file: String(decoding: MultipartBody.beginning, as: UTF8.self)
            case .epilogue:
                "\(line)\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nparaformer\r\n\(line)--\r\n"
            }
        }

        var refusal: (status: UInt, code: String, parameter: String?) {
            switch self {
            case .preamble, .partHeader, .field: (400, "invalid_value", nil)
            case .file, .epilogue: (413, "audio_too_large", "file")
            }
        }
    }

    @Test(arguments: Place.allCases) func anEndlessUploadIsEnded(place: Place) async throws {
        try await withServer(.init(TestRegistry([.paraformer]), ["--max-upload-size", "1M"])) { server in
            let connection = try await ByteConnection.open(to: server)
            try await connection.send(
                """
                POST \(APIClient.transcriptions) HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\
                Content-Type: \(MultipartBody.contentType)\r\n\r\n
                """)
            let beginning = place.beginning
            try await connection.send("\(String(beginning.utf8.count, radix: 16))\r\n\(beginning)\r\n")
            let chunk = "10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"
            while !connection.hasAnswer, !connection.isClosed { try? await connection.send(chunk) }
            let answer = try await connection.answer()
            let (status, code, parameter) = place.refusal
            try expectError(answer, status, code, parameter: parameter)
            // A client that keeps sending is disconnected.
            while !connection.isClosed { try? await connection.send(chunk) }
            try await eventually("no upload is left") { server.folder.uploads.isEmpty }
            #expect(try await APIClient(server).get("/health").status == 200)
        }
    }

    /// The default maximum upload: a gibibyte, which must not be held in the server's memory.
    @Test func aGibibyteUploadUsesNoMemory() async throws {
        try await withServer(.init(TestRegistry([.paraformer]))) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            // Allocates the memory of a small request beforehand.
            _ = try await client.transcribe("en_word_16k.wav", ["model": "paraformer"])
            let before = try #require(ProcessTable.peakMemory(of: server.process.pid))
            let size = 1 << 30
            let form = MultipartBody(file: .init(name: "zeros.wav", bytes: Data()), fields: ["model": "paraformer"])
                .data
            let split = try #require(form.range(of: Data("zeros.wav\"\r\n\r\n".utf8))).upperBound
            let zeros = ByteBuffer(repeating: 0, count: 1 << 20)
            let chunks = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .unbounded)
            chunks.continuation.yield(ByteBuffer(bytes: form[..<split]))
            for _ in 0..<size >> 20 { chunks.continuation.yield(zeros) }
            chunks.continuation.yield(ByteBuffer(bytes: form[split...]))
            chunks.continuation.finish()
            async let uploaded = client.upload(chunks.stream, length: form.count + size)
            try await eventually("half of it is on disk", within: .seconds(600)) {
                let sizes = server.folder.uploads.map { path in
                    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
                }
                return sizes.contains { $0 > size / 2 }
            }
            #expect(try await client.get("/health").status == 200)
            try expectError(try await uploaded, 400, "audio_undecodable", parameter: "file")
            let after = try #require(ProcessTable.peakMemory(of: server.process.pid))
            #expect(after - before < 32 << 20, "\(before >> 20) MiB before, \(after >> 20) MiB after")
            try await eventually("no upload is left") { server.folder.uploads.isEmpty }
        }
    }
}
