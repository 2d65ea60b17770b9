/// A model file on which sherpa-onnx would end the process.
struct ModelFileError: Error, Equatable {
    /// The file; empty until a caller that knows it sets it.
    var path = ""
    /// The line of the error, from 1; `nil` if it is not in a line.
    var line: Int?
    /// What is wrong and what to do, as a predicate for the file's name.
    let problem: String
}
