import HTTPTypes
import Logging
import SpeechTypes
import Testing

@testable import APIServer

/// The log line of each request.
struct RequestOutcomeTests {
    private func outcome(
        _ path: String = "/v1/models", route: String? = "/v1/models", sent: HTTPResponse.Status? = .ok,
        _ findings: RequestFindings = RequestFindings()
    ) -> RequestOutcome {
        RequestOutcome(
            method: .get, path: path, route: route, sent: sent, wall: .microseconds(1_234_567),
            findings: findings)
    }

    private func outcome(_ findings: RequestFindings) -> RequestOutcome { outcome("/v1/models", findings) }

    private func words(of outcome: RequestOutcome) -> [String: String] { outcome.metadata.mapValues { "\($0)" } }

    private func recording(damaged: Int = 0) -> RequestFindings.Recording {
        .init(
            model: "whisper", summary: RecordingSummary(duration: .milliseconds(1699), damagedPackets: damaged),
            wall: .milliseconds(850))
    }

    @Test func theLogLineHasTheRequestAndItsOutcome() {
        let outcome = outcome()
        #expect("\(outcome.message)" == "Answered.")
        #expect(outcome.level == .info)
        #expect(words(of: outcome) == ["method": "GET", "path": "/v1/models", "status": "200", "wall_s": "1.235"])
    }

    @Test func aTranscriptionHasItsModelAndSpeed() {
        let outcome = outcome(RequestFindings(recording: recording()))
        #expect("\(outcome.message)" == "Transcribed.")
        let part = words(of: outcome).filter { ["model", "audio_s", "rtf", "damaged_packets"].contains($0.key) }
        #expect(part == ["model": "whisper", "audio_s": "1.699", "rtf": "0.5003"])
    }

    @Test func damagedAudioIsLoggedAsAWarning() {
        let outcome = outcome(RequestFindings(recording: recording(damaged: 3)))
        #expect(outcome.level == .warning)
        #expect(words(of: outcome)["damaged_packets"] == "3")
    }

    @Test func aRefusalIsLoggedWithItsCode() {
        let outcome = outcome(sent: .badRequest, RequestFindings(errorCode: "invalid_value"))
        #expect("\(outcome.message)" == "Answered with an error.")
        #expect((outcome.level, outcome.status) == (.info, 400))
        #expect(outcome.metadata["code"] == "invalid_value")
    }

    @Test func anUnexpectedErrorIsLoggedWithItsCause() {
        let outcome = outcome(
            sent: .internalServerError, RequestFindings(errorCode: "internal_error", cause: "Disk on fire"))
        #expect("\(outcome.message)" == "A request failed.")
        #expect(outcome.level == .error)
        #expect(outcome.metadata["error"] == "Disk on fire")
    }

    /// Whatever else failed afterwards: the client is no longer there.
    @Test(arguments: [nil, HTTPResponse.Status.ok, .internalServerError])
    func aDisconnectedClientIsNoError(sent: HTTPResponse.Status?) {
        let outcome = outcome(
            sent: sent, RequestFindings(errorCode: "internal_error", cause: "CancellationError()", isAbandoned: true))
        #expect("\(outcome.message)" == "The client hung up before its answer.")
        #expect((outcome.level, outcome.status) == (.info, 499))
        #expect(outcome.metadata["error"] == nil)
    }

    @Test func aClientThatDisconnectedBeforeAnyResponseIsLoggedAsSuch() {
        #expect(outcome(sent: nil).status == 499)
    }

    @Test(
        arguments: [
            ("/health", "/health", .debug), ("/health/live", "/health/live", .debug),
            ("/health/ready", "/health/ready", .debug), ("/metrics", "/metrics", .debug),
            ("//metrics/", "/metrics", .debug),
            ("/healthy", nil, .info), ("/v1/ps", "/v1/ps", .info), ("/metrics/x", nil, .info),
            ("/health/..", nil, .info),
        ] as [(String, String?, Logger.Level)])
    func probesDoNotFillTheLog(path: String, route: String?, level: Logger.Level) {
        #expect(outcome(path, route: route).level == level)
    }

    @Test func aPathLongerThanAnyRouteIsTruncated() {
        let outcome = outcome("/" + String(repeating: "a", count: 5_000))
        #expect("\(outcome.metadata["path"] ?? "")".count == 200)
    }
}
