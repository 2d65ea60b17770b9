import Foundation
import TestSupport
import Testing

@testable import APIServer

@Suite struct FormReaderTests {
    @Test(arguments: [1, 2, 7, 100, 1 << 16], [true, false])
    func theFormIsTheSameHoweverItsBodyIsChunked(chunk: Int, fileFirst: Bool) async throws {
        let sound = String(repeating: "RIFF\r\n--", count: 50)
        var sent = SentForm([("language", "de"), ("response_format", "text")], file: sound)
        sent.chunk = chunk
        if fileFirst { sent.parts.reverse() }
        let folder = try TemporaryFolder()
        let form = try await sent.received(in: folder)
        #expect(try String(contentsOfFile: form.file.path, encoding: .utf8) == sound)
        #expect(form.model == "m")
        #expect(form.language?.code == "de")
        #expect(form.format == .text)
    }

    @Test func theUploadIsPrivateAndDeletedWithTheForm() async throws {
        let folder = try TemporaryFolder()
        do {
            let form = try await SentForm().received(in: folder)
            let attributes = try FileManager.default.attributesOfItem(atPath: form.file.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(form.file.path.hasPrefix(folder.path))
            #expect(!form.file.path.contains("a.wav"), "the client's name is no path to use")
        }
        try await Self.untilEmpty(folder)
    }

    /// An upload is deleted on its own queue, soon after the last reference to it.
    private nonisolated static func untilEmpty(_ folder: TemporaryFolder) async throws {
        try await eventually("the upload is gone") {
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == []
        }
    }

    @Test(arguments: ["response_format", "stream"])
    func theUploadOfARefusedFormIsDeleted(field: String) async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: APIError.self) { try await SentForm([(field, "bad")]).received(in: folder) }
        try await Self.untilEmpty(folder)
    }

    @Test(arguments: [(100, nil), (101, "audio_too_large"), (5_000, "audio_too_large")])
    func anUploadOverTheLimitIsRefused(size: Int, code: String?) async throws {
        var form = SentForm(file: String(repeating: "x", count: size))
        form.chunk = 64
        let error = try await form.refusal(maximumUpload: 100)
        #expect(error?.code == code)
        #expect(error?.status == (code == nil ? nil : .contentTooLarge))
        #expect(error?.abandonsBody == (code == nil ? nil : true))
    }

    @Test func bytesAfterTheFormAreLimited() async throws {
        var form = SentForm()
        form.end += String(repeating: "x", count: 2 * FormReader.maximumText)
        let error = try #require(try await form.refusal(maximumUpload: 100))
        #expect(error.code == "audio_too_large")
        #expect(try await form.refusal(maximumUpload: .max) == nil)
    }

    @Test func textFieldsHaveALimitOfTheirOwn() async throws {
        let half = String(repeating: "x", count: FormReader.maximumText / 2)
        #expect(try await SentForm([("model", half)]).refusal() == nil)
        let error = try #require(try await SentForm([("model", half), ("model", half + "x")]).refusal())
        #expect(error.status == .badRequest)
        #expect(error.code == "invalid_value")
    }

    @Test func twoFilesAreRefused() async throws {
        var form = SentForm()
        form.parts.append(SentForm.Part(name: "file", filename: "b.wav", content: "RIFF"))
        let error = try #require(try await form.refusal())
        #expect(error.code == "invalid_value")
        #expect(error.parameter == "file")
    }

    @Test(arguments: [
        ("application/json", 415, "unsupported_media_type"), ("multipart/form-data", 400, "invalid_value"),
        ("multipart/form-data; boundary=other", 400, "invalid_value"),
    ])
    func aBodyThatIsNoFormIsRefused(contentType: String, status: Int, code: String) async throws {
        var form = SentForm()
        form.contentType = contentType
        let error = try #require(try await form.refusal())
        #expect(error.status.code == status)
        #expect(error.code == code)
    }

    @Test(arguments: ["", "--b", "--b\r\n"])
    func aTruncatedFormIsRefused(end: String) async throws {
        var form = SentForm()
        form.end = end
        #expect(try await form.refusal()?.code == "invalid_value")
    }
}
