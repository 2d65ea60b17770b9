package import SpeechTypes

/// Everything needed to load one model: its family, files and options.
package struct ModelSpecification: Sendable, Hashable, Codable {
    package let name: String
    package let family: ModelFamily
    /// Absolute paths by logical name (`model`, `tokens`, `encoder` …).
    package let files: [String: String]
    /// The options in the registry, which apply to every request.
    package let options: ModelOptions

    package init(name: String, family: ModelFamily, files: [String: String], options: ModelOptions = ModelOptions()) {
        self.name = name
        self.family = family
        self.files = files
        self.options = options
    }
}

extension ModelSpecification {
    /// Whether requests may ask for a translation; of Whisper's models only the multilingual ones. `true` for a missing
    /// or damaged file.
    package var mayTranslate: Bool {
        guard family.translates else { return false }
        return (try? LanguageSupport(of: self)).map(translates) ?? true
    }

    /// Whether the model tells which of several languages is spoken, if a request names none. `true` for a missing or damaged
    /// file.
    package var detectsLanguage: Bool {
        guard family.detectsLanguage, options.language == nil else { return false }
        return (try? LanguageSupport(of: self)).map { $0.languages.count > 1 } ?? true
    }

    /// The length up to which neighbouring stretches of speech are best joined, at most the family's window.
    package var preferredSegment: Duration {
        min(options.number("preferred_segment").map { .seconds($0) } ?? family.preferredSegment, family.window)
    }
}

extension ModelSpecification {
    /// Finds faults on which sherpa-onnx would end the process or silently do something else: a damaged .onnx file or
    /// tokens.txt, a model of another family, a tokens.txt of another model, an unsupported language. That takes a few
    /// reads of each .onnx file, and reads tokens.txt completely.
    package func faults() -> [ModelFault] {
        let faults = fileFaults() + optionFaults()
        return faults.isEmpty ? languageFault().map { [$0] } ?? [] : faults
    }

    /// Throws the first fault (`modelUnusable`).
    package func checkFiles() throws(RecognitionError) {
        if let fault = faults().first { throw RecognitionError(.modelUnusable, fault.messageWithoutFolder) }
    }

    /// The languages a request may name; without a language parameter, the one in the options. Empty if unknown.
    package var languages: [Language] {
        let support = (try? LanguageSupport(of: self)) ?? .notTaken
        return support.languages.isEmpty ? [options.language].compactMap { $0 } : support.languages
    }

    private func fileFaults() -> [ModelFault] {
        let metadata = files.compactMapValues { try? ONNXMetadata(path: $0) }
        let checks = family.setup.checks.applying(to: metadata)
        var faults: [ModelFault] = []
        for (name, path) in files.sorted(by: { $0.key < $1.key }) where name != "tokens" {
            if let contents = family.contents(ofFolder: name) {
                faults += contents.flatMap { file in
                    self.faults { () throws(ModelFileError) in try ReadableFile.check(path: path + "/" + file) }
                }
                continue
            }
            faults += self.faults { () throws(ModelFileError) in
                let metadata = try ONNXMetadata(path: path)
                for checks in checks { try checks.check(metadata, of: name, path: path, family: family) }
            }
        }
        faults += checks.compactMap(searchFault)
        guard let path = files["tokens"] else { return faults }
        return faults
            + self.faults { () throws(ModelFileError) in
                let size = checks.compactMap(\.vocabulary).last.flatMap { metadata[$0]?.properties["vocab_size"] }
                try TokensFile.check(
                    path: path, vocabulary: size.flatMap { Int($0) } ?? 0, oneOf: checks.flatMap(\.oneTokenOf),
                    allOf: checks.flatMap(\.tokens), last: checks.compactMap(\.lastToken).last)
            }
    }

    /// The fault of a search method that sherpa-onnx does not have for this kind of model: it would end the process.
    private func searchFault(_ checks: FileChecks) -> ModelFault? {
        guard let methods = checks.decodingMethods, let method = options.text("decoding_method"),
            !methods.contains(method)
        else { return nil }
        return fault(
            "sherpa-onnx has no '\(method)' for its kind of \(family.rawValue); write decoding_method: "
                + "\(methods.joined(separator: " or ")).")
    }

    /// Faults of files in options, and of options that conflict.
    private func optionFaults() -> [ModelFault] {
        var faults: [ModelFault] = []
        for option in family.options {
            guard let value = options.values[option.key] else { continue }
            for path in option.paths(in: value) {
                faults += self.faults { () throws(ModelFileError) in
                    try ReadableFile.check(path: path)
                    switch option.key {
                    case "hotwords_file": try HotwordsFile.check(path: path)
                    case "bpe_vocab": _ = try BPEVocabulary(path: path)
                    case "rule_fsts": try GrammarFile.check(path: path, kind: .transducer)
                    case "rule_fars": try GrammarFile.check(path: path, kind: .archive)
                    default: break
                    }
                }
            }
        }
        return faults + options.conflicts.map { fault($0.message) }
    }

    private func languageFault() -> ModelFault? {
        do throws(RecognitionError) {
            let support = try LanguageSupport(of: self)
            _ = try support.resolve(options.language, model: name)
            guard options.task == .translate, !translates(support) else { return nil }
            return fault(
                "its options ask for translations, which a model of one language does not write; remove 'task'.")
        } catch {
            return ModelFault(message: "Its options name a language it cannot take. \(error.message)")
        }
    }

    private func faults(_ check: () throws(ModelFileError) -> Void) -> [ModelFault] {
        do throws(ModelFileError) {
            try check()
            return []
        } catch {
            return [fault(error)]
        }
    }

    func fault(_ error: ModelFileError) -> ModelFault {
        var fault = fault("the file '\(error.path)' \(error.problem).")
        (fault.file, fault.line) = (error.path, error.line)
        return fault
    }

    private func fault(_ reason: String) -> ModelFault {
        ModelFault(message: "Model '\(name)' cannot be used: \(reason)")
    }
}

extension FileChecks {
    /// Checks the metadata of one of the files.
    fileprivate func check(
        _ metadata: ONNXMetadata, of name: String, path: String, family: ModelFamily
    ) throws(ModelFileError) {
        try metadata.refuse(typesBut: modelTypes[name], keys: foreignKeys[name] ?? [], of: family, path: path)
        try metadata.require(requiredKeys[name] ?? [], of: family, path: path)
        try metadata.requireOne(of: oneKeyOf[name] ?? [], of: family, path: path)
        try metadata.requirePositive(positiveKeys[name] ?? [], path: path)
    }
}
