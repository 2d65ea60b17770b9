public import SpeechTypes

extension ModelSpecification {
    /// Finds faults on which sherpa-onnx would end the process or silently do something else: a damaged .onnx file or
    /// tokens.txt, a model of another family, a tokens.txt of another model, an unsupported language.
    ///
    /// That takes a few reads of each .onnx file, and reads tokens.txt completely.
    /// - Returns: All faults, by file; empty if an engine may load the model.
    public func faults() -> [ModelFault] {
        let faults = fileFaults() + optionFaults()
        return faults.isEmpty ? languageFault().map { [$0] } ?? [] : faults
    }

    /// Checks the model's files.
    ///
    /// - Throws: `RecognitionError` (`modelUnusable`) for the first fault.
    package func checkFiles() throws(RecognitionError) {
        if let fault = faults().first { throw RecognitionError(.modelUnusable, fault.messageWithoutFolder) }
    }

    /// The languages a request may name; without a language parameter, the one in the options. Empty if unknown.
    public var languages: [Language] {
        let support = (try? LanguageSupport(of: self)) ?? .notTaken
        return support.languages.isEmpty ? [options.language].compactMap { $0 } : support.languages
    }

    private func fileFaults() -> [ModelFault] {
        let checks = family.setup.checks
        var faults: [ModelFault] = []
        var vocabulary = 0
        for (name, path) in files.sorted(by: { $0.key < $1.key }) where name != "tokens" {
            if let contents = family.contents(ofFolder: name) {
                faults += contents.compactMap { file in
                    fault { () throws(ModelFileError) in try ReadableFile.check(path: path + "/" + file) }
                }
                continue
            }
            let found = fault { () throws(ModelFileError) in
                let metadata = try ONNXMetadata(path: path)
                try metadata.refuse(
                    typesBut: checks.modelTypes[name], keys: checks.foreignKeys[name] ?? [], of: family, path: path)
                try metadata.require(checks.requiredKeys[name] ?? [], of: family, path: path)
                if let size = checks.vocabulary, size.file == name {
                    vocabulary = metadata.properties[size.key].flatMap { Int($0) } ?? 0
                }
            }
            if let found { faults.append(found) }
        }
        guard let path = files["tokens"] else { return faults }
        let found = fault { () throws(ModelFileError) in
            try TokensFile.check(path: path, vocabulary: vocabulary, oneOf: checks.oneTokenOf, allOf: checks.tokens)
        }
        return faults + [found].compactMap { $0 }
    }

    /// Faults of files in options, and of options that conflict.
    private func optionFaults() -> [ModelFault] {
        var faults: [ModelFault] = []
        for option in family.options {
            guard let value = options.values[option.key] else { continue }
            for path in option.paths(in: value) {
                let found = fault { () throws(ModelFileError) in
                    try ReadableFile.check(path: path)
                    switch option.key {
                    case "hotwords_file": try HotwordsFile.check(path: path)
                    case "bpe_vocab": _ = try BPEVocabulary(path: path)
                    case "rule_fsts": try GrammarFile.check(path: path, kind: .transducer)
                    case "rule_fars": try GrammarFile.check(path: path, kind: .archive)
                    default: break
                    }
                }
                if let found { faults.append(found) }
            }
        }
        faults += options.conflicts.map {
            ModelFault(file: nil, line: nil, message: "Model '\(name)' cannot be used: \($0.message)")
        }
        return faults
    }

    private func fault(_ check: () throws(ModelFileError) -> Void) -> ModelFault? {
        do throws(ModelFileError) {
            try check()
            return nil
        } catch {
            return fault(error)
        }
    }

    /// The model's fault for a file's error.
    func fault(_ error: ModelFileError) -> ModelFault {
        ModelFault(
            file: error.path, line: error.line,
            message: "Model '\(name)' cannot be used: the file '\(error.path)' \(error.problem).")
    }

    private func languageFault() -> ModelFault? {
        do throws(RecognitionError) {
            let support = try LanguageSupport(of: self)
            _ = try support.resolve(options.language, model: name)
            guard options.task == .translate, !translates(support) else { return nil }
            return ModelFault(
                file: nil, line: nil,
                message:
                    "Model '\(name)' cannot be used: its options ask for translations, which a model of one language "
                    + "does not write; remove 'task'.")
        } catch {
            return ModelFault(
                file: nil, line: nil,
                message: "Its options name a language it cannot take. \(error.message)")
        }
    }
}
