import Foundation
import SpeechRecognition

/// Tells whether a model's files have changed since: sizes and times of change by path.
struct ModelFilesStamp: Equatable, Sendable {
    private struct Stamp: Equatable {
        var size: Int64
        var changed: Date
    }

    private var files: [String: Stamp] = [:]

    init() {}

    init(of model: ModelSpecification) {
        for path in model.files.values {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { continue }
            files[path] = Stamp(
                size: (attributes[.size] as? NSNumber)?.int64Value ?? 0,
                changed: attributes[.modificationDate] as? Date ?? .distantPast)
        }
    }
}
