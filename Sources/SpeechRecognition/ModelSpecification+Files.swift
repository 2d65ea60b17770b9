import SherpaOnnx
public import SpeechTypes

extension ModelSpecification {
    /// Finds what sherpa-onnx would end the process over, or quietly take for something else: a damaged .onnx file or
    /// tokens.txt, a model of another family, a tokens.txt of another model, a language the model does not know.
    ///
    /// Costs a few reads of each .onnx file, and tokens.txt whole.
    /// - Returns: All faults, by file; none if an engine may try.
    public func faults() -> [ModelFault] {
        var faults: [ModelFault] = []
        func note(_ check: () throws(ModelFileError) -> Void) {
            do throws(ModelFileError) {
                try check()
            } catch {
                let message = "Model '\(name)' cannot be used: the file '\(error.path)' \(error.problem)."
                faults.append(ModelFault(file: error.path, line: error.line, message: message))
            }
        }
        var vocabulary = 0
        for (name, path) in files.sorted(by: { $0.key < $1.key }) where name != "tokens" {
            note { () throws(ModelFileError) in
                let metadata = try ONNXMetadata(path: path)
                try metadata.refuse(
                    typesBut: family.setup.modelTypes[name], keys: family.setup.foreignKeys[name] ?? [], of: family,
                    path: path)
                try metadata.require(family.setup.metadataKeys[name] ?? [], of: family, path: path)
                if let size = family.setup.vocabulary, size.file == name {
                    vocabulary = metadata.properties[size.key].flatMap { Int($0) } ?? 0
                }
            }
        }
        if let path = files["tokens"] {
            note { () throws(ModelFileError) in try TokensFile.check(path: path, vocabulary: vocabulary) }
        }
        return faults.isEmpty ? languageFault().map { [$0] } ?? [] : faults
    }

    /// Checks the model's files.
    ///
    /// - Throws: `RecognitionError` (`modelUnusable`) for the first fault.
    func checkFiles() throws(RecognitionError) {
        if let fault = faults().first { throw RecognitionError(.modelUnusable, fault.message) }
    }

    /// The languages a request may name; the registry's one where the model takes none. Empty if they are not known.
    public var languages: [Language] {
        let support = (try? LanguageSupport(of: self)) ?? .notTaken
        return support.languages.isEmpty ? [options.language].compactMap { $0 } : support.languages
    }

    private func languageFault() -> ModelFault? {
        do throws(RecognitionError) {
            _ = try LanguageSupport(of: self).resolve(options.language, model: name)
            return nil
        } catch {
            return ModelFault(
                file: nil, line: nil,
                message: "Its options name a language it cannot take. \(error.message)")
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
        configuration.texts[.decodingMethod] = options.decodingMethod.rawValue
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
