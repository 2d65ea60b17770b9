import Foundation
import ModelStore
import SpeechRecognition

extension ModelEntry {
    /// The registered files by logical name, with their sizes in bytes; `nil` for one that is not there.
    var filesOnDisk: [(name: String, path: String, size: Int64?)] {
        specification.files.sorted { $0.key < $1.key }.map { name, path in
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
            return (name, path, size?.int64Value)
        }
    }
}

extension ModelOptions {
    /// The options that are not as they would be without being written.
    var described: [(key: String, value: String)] {
        let defaults = ModelOptions()
        return [
            ("language", language.map(\.code), defaults.language?.code),
            ("use_itn", "\(useITN)", "\(defaults.useITN)"),
            ("decoding_method", decodingMethod.rawValue, defaults.decodingMethod.rawValue),
        ].compactMap { key, value, usual in value.flatMap { $0 == usual ? nil : (key, $0) } }
    }
}
