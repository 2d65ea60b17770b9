/// A model file that sherpa-onnx would end the process over.
struct ModelFileError: Error, Equatable {
    /// The file; empty until whoever knows it adds it.
    var path = ""
    /// The line of the mistake, from 1; `nil` if it is not in a line.
    var line: Int?
    /// What is wrong with it and what to do, to be read behind the file's name.
    let problem: String
}
