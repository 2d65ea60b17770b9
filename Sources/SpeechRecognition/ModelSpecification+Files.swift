import SherpaOnnx
import SpeechTypes

extension ModelSpecification {
    /// Finds what sherpa-onnx would end the process over: a damaged .onnx file or tokens.txt, a model of another family,
    /// a tokens.txt of another model.
    ///
    /// - Throws: `RecognitionError` (`modelUnusable`) naming the file and the fault.
    func checkFiles() throws(RecognitionError) {
        do throws(ModelFileError) {
            var vocabulary = 0
            for (name, path) in files.sorted(by: { $0.key < $1.key }) where name != "tokens" {
                let metadata = try ONNXMetadata(path: path)
                try metadata.require(family.setup.metadataKeys[name] ?? [], of: family, path: path)
                if let size = family.setup.vocabulary, size.file == name {
                    vocabulary = metadata.properties[size.key].flatMap { Int($0) } ?? 0
                }
            }
            if let path = files["tokens"] { try TokensFile.check(path: path, vocabulary: vocabulary) }
        } catch {
            throw unusable(error)
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
        var configuration = OfflineRecognizerConfiguration()
        for (name, field) in try layout().fields { configuration.texts[field] = files[name] }
        configuration.numbers[.operatorThreads] = Int32(operatorThreads)
        family.setup.configure(&configuration, options, language)
        return configuration
    }

    /// The layout of the family that the model's files are in.
    func layout() throws(RecognitionError) -> FamilySetup.Layout {
        guard let layout = family.setup.layout(of: files.keys) else {
            let known = family.fileLayouts.map { $0.joined(separator: ", ") }.joined(separator: " or ")
            throw RecognitionError(
                .modelUnusable,
                "Model '\(name)' has the files \(files.keys.sorted().joined(separator: ", ")); type \(family.rawValue) "
                    + "takes \(known).")
        }
        return layout
    }

    private func unusable(_ error: ModelFileError) -> RecognitionError {
        RecognitionError(.modelUnusable, "Model '\(name)' cannot be used: the file '\(error.path)' \(error.problem).")
    }
}
