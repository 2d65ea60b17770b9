import Foundation
import TestSupport
import Testing
import TranscriptFormats

@testable import Dictation

/// A suite that sends requests to scripted servers.
protocol ClientSuite {}

extension ClientSuite {
    private var recording: String { Fixtures.audio("en_word_16k.wav") }

    func client(_ url: String, key: String? = nil, patience: Duration = .seconds(60)) throws
        -> TranscriptionClient
    {
        var flags = ConfigurationSettings()
        flags.baseURL = url
        flags.apiKey = key.map(Secret.init)
        flags.organization = key.map { "org-of-\($0)" }
        let configuration = try ClientConfiguration(flags: flags)
        var policy = RetryPolicy()
        policy.pause = .milliseconds(5)
        policy.patience = patience
        return TranscriptionClient(configuration, policy: policy)
    }

    func request(
        model: String? = "m", language: String? = nil, prompt: String? = nil,
        format: ResponseFormat = .text, isStreamed: Bool = false, duration: Duration = .zero
    ) -> TranscriptionRequest {
        TranscriptionRequest(
            file: recording, model: model, language: language, prompt: prompt, format: format, isStreamed: isStreamed,
            duration: duration)
    }

    func expectError(
        _ code: ClientError.Code, _ words: String, from server: ScriptedServer, requests: Int,
        isStreamed: Bool = false, patience: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let client = try client(server.url, key: "secret-of-mine", patience: patience)
        let error = await #expect(throws: ClientError.self, sourceLocation: sourceLocation) {
            try await client.transcribe(request(isStreamed: isStreamed))
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.description.contains(words) == true, "\(error as Any)", sourceLocation: sourceLocation)
        #expect(error?.description.contains("secret") == false, sourceLocation: sourceLocation)
        #expect(server.requests.count == requests, sourceLocation: sourceLocation)
    }
}
