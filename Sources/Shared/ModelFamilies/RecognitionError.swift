/// Why a recognition failed.
package struct RecognitionError: Error, Sendable {
    package enum Code: Sendable {
        /// A file of the model is missing, damaged or of another kind, or the library rejected it.
        case modelUnusable
        case unsupportedLanguage
        case unsupportedTask
        case decodingFailed
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// Why a model on disk cannot be loaded.
package struct ModelFault: Sendable, Equatable {
    /// The path of the faulty file; `nil` if an option is at fault.
    package internal(set) var file: String?
    /// The line in the file, from 1; `nil` if the fault is not in a line.
    package internal(set) var line: Int?
    /// What is wrong and what to do.
    package let message: String

    /// The message for clients, which must not reveal the model's folder.
    var messageWithoutFolder: String {
        guard let file, let name = file.split(separator: "/").last else { return message }
        return message.replacing(file, with: name)
    }
}

/// A model file on which sherpa-onnx would end the process.
struct ModelFileError: Error, Equatable {
    /// The file; empty until a caller that knows it sets it.
    var path = ""
    var line: Int?
    /// What is wrong and what to do, as a predicate for the file's name.
    let problem: String
}
