import SherpaOnnx
import SpeechTypes

extension ModelSpecification {
    /// Finds what sherpa-onnx would end the process over: a damaged .onnx file or tokens.txt.
    ///
    /// - Throws: `RecognitionError` (`modelUnusable`) naming the file and the fault.
    func checkFiles() throws(RecognitionError) {
        for (name, path) in files.sorted(by: { $0.key < $1.key }) {
            do throws(ModelFileError) {
                if name == "tokens" {
                    try TokensFile.check(path: path)
                } else {
                    _ = try ONNXMetadata(path: path)
                }
            } catch {
                throw unusable(error)
            }
        }
    }

    /// The metadata of one of the model's .onnx files.
    func metadata(of file: String) throws(RecognitionError) -> ONNXMetadata {
        guard let path = files[file] else {
            throw RecognitionError(.modelUnusable, "Model '\(name)' has no file '\(file)'.")
        }
        do throws(ModelFileError) {
            return try ONNXMetadata(path: path)
        } catch {
            throw unusable(error)
        }
    }

    /// What sherpa-onnx is told to load this model for a language.
    func configuration(
        language: Language?, operatorThreads: Int
    ) throws(RecognitionError) -> OfflineRecognizerConfiguration {
        let setup = family.setup
        guard let layout = setup.layout(of: files.keys) else {
            throw RecognitionError(
                .modelUnusable,
                "Model '\(name)' has the files \(files.keys.sorted().joined(separator: ", ")); type \(family.rawValue) "
                    + "takes \(setup.layouts.map { $0.keys.sorted().joined(separator: ", ") }.joined(separator: " or ")).")
        }
        var configuration = OfflineRecognizerConfiguration()
        for (name, field) in layout { configuration.texts[field] = files[name] }
        configuration.numbers[.operatorThreads] = Int32(operatorThreads)
        setup.configure(&configuration, options, language)
        return configuration
    }

    private func unusable(_ error: ModelFileError) -> RecognitionError {
        RecognitionError(.modelUnusable, "Model '\(name)' cannot be used: the file '\(error.path)' \(error.problem).")
    }
}
