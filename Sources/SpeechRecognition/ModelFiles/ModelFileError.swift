/// A model file that sherpa-onnx would end the process over.
struct ModelFileError: Error, Equatable {
    /// The file; empty until whoever knows it adds it.
    var path = ""
    /// What is wrong with it and what to do, to be read behind the file's name.
    let problem: String
}
