import Essentials
import Foundation
import ModelFamilies
@testable import Recognition
import SpeechTypes
import TestSupport
import Testing

/// Sixteen concurrent requests on one model, each with its own language and recording, repeatedly.
@Suite struct CrowdTests {
    private struct Request: Sendable {
        let file: String
        let sound: SpeechSegment
        let language: Language?
        let task: SpeechTask
        let text: String
    }

    @Test(arguments: [ModelFamily.senseVoice, .whisper, .paraformer, .transducer, .zipformerCTC, .moonshine])
    func sixteenConcurrentRequestsGetTheirOwnTranscripts(family: ModelFamily) async throws {
        let recognizer = try LoadedPipeline.recognizer(family)
        let requests = try await Self.requests(of: family)
        #expect(requests.count >= 16)
        let scheduler = SegmentScheduler(lanes: 4, recognizer: recognizer)
        let rounds = 2
        try await withThrowingTaskGroup { group in
            for (number, request) in requests.prefix(16).enumerated() {
                group.addTask {
                    let job = UniqueID()
                    for round in 0..<rounds {
                        // In the next round, every request has another recording.
                        let next = requests[(number + round * 7) % requests.count]
                        let request = round == 0 ? request : next
                        let (segments, _) = try await scheduler.run(
                            SegmentWork(
                                segment: request.sound,
                                request: RecognitionRequest(language: request.language, task: request.task)),
                            for: job)
                        #expect(
                            Self.text(of: segments) == request.text,
                            "\(request.file) in \(request.language?.code ?? "any language")")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Recordings in all languages and tasks that a family supports, mixed, with the expected texts.
    @BlockingCalls private static func requests(of family: ModelFamily) throws -> [Request] {
        var requests: [Request] = []
        for recording in Manifest.shared.files where recording.language != "none" {
            let sound = SpeechSegment(offset: 0, audio: try .decoding(Fixtures.audio(recording.file)))
            func add(_ code: String?, _ task: SpeechTask, _ text: String?) {
                guard let text else { return }
                let language = code.map { Language(code: $0) }
                requests.append(
                    Request(file: recording.file, sound: sound, language: language, task: task, text: text))
            }
            let settings = recording.expected[family.rawValue]?.bySetting ?? [:]
            for (setting, result) in settings.sorted(by: { $0.key < $1.key }) {
                switch setting {
                case "translate": add(nil, .translate, result.text)
                case "auto":
                    add(nil, .transcribe, result.text)
                    if family.takesLanguage { add(recording.language, .transcribe, result.text) }
                default: add(setting, .transcribe, result.text)
                }
            }
            if family == .moonshine {
                // The manifest has no texts of the starter model: its text must be the same alone and in a crowd.
                let alone = try LoadedPipeline.recognizer(family).recognize(sound, language: nil)
                add(nil, .transcribe, text(of: alone))
            }
        }
        var generator = SeededGenerator(seed: 16)
        return requests.shuffled(using: &generator)
    }

    private static func text(of segments: [Transcript.Segment]) -> String {
        segments.map(\.text).filter { !$0.isEmpty }.joined(separator: " ")
    }
}
