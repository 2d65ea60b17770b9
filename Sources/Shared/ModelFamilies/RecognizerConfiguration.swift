package import SpeechTypes

/// The configuration of a sherpa-onnx recognizer: values of C fields; all others keep the library's defaults.
package struct RecognizerConfiguration: Sendable, Hashable {
    package var texts: [TextField: String]
    package var numbers: [NumberField: Int32]
    package var decimals: [DecimalField: Float] = [:]

    /// A configuration for 16 kHz audio on the CPU, with greedy search and one thread per operator.
    package init() {
        texts = [.provider: "cpu", .decodingMethod: "greedy_search"]
        numbers = [.sampleRate: 16_000, .featureDimension: 80, .operatorThreads: 1]
    }

    /// Whether streams may have hotwords: the library ends the process on hotwords of any family but transducers, and
    /// crashes without the BPE vocabulary, which it loads for beam search only (Tests/Fixtures/VERIFY.md).
    package var takesHotwords: Bool {
        let units = texts[.bpeVocabulary] == nil ? ["cjkchar"] : ["cjkchar", "bpe", "bbpe", "cjkchar+bpe"]
        return texts[.transducerEncoder] != nil && texts[.decodingMethod] == "modified_beam_search"
            && units.contains(texts[.modelingUnit] ?? "cjkchar")
    }
}

extension ModelSpecification {
    /// The sherpa-onnx configuration of this model. A provider in the model's options overrides the settings file.
    package func configuration(
        for settings: RecognizerSettings, operatorThreads: Int, runtimeSettings: String? = nil
    ) throws(RecognitionError) -> RecognizerConfiguration {
        var configuration = RecognizerConfiguration()
        for (name, field) in try layout().fields { configuration.texts[field] = files[name] }
        for option in family.options { option.put(options.values[option.key], into: &configuration) }
        if let runtimeSettings, options.values["provider"] == nil {
            configuration.texts[.provider] = "cpu:\(runtimeSettings)"
        }
        configuration.numbers[.operatorThreads] = Int32(operatorThreads)
        if case .atCreation(let field, let unset, let words) = family.setup.languageSetting {
            configuration.texts[field] = settings.language.map { words[$0.code] ?? $0.code } ?? unset
        }
        family.setup.configure(&configuration, options, settings)
        return configuration
    }

    /// The recognizer settings for a language and a task; if streams carry the language, they do not depend on it.
    package func settings(language: Language?, task: SpeechTask?) -> RecognizerSettings {
        let task = family.translates ? task ?? options.task : .transcribe
        return switch family.setup.languageSetting {
        case .atCreation: RecognizerSettings(language: language, task: task)
        case .perStream, nil: RecognizerSettings(task: task)
        }
    }

    /// The options of a stream, with sherpa-onnx's keys and values.
    package func streamOptions(language: Language?) -> [String: String] {
        guard case .perStream(let words) = family.setup.languageSetting, let language else { return [:] }
        return ["language": words[language.code] ?? language.code]
    }

    /// Whether the model can translate: a Whisper model must be multilingual.
    package func translates(_ languages: LanguageSupport) -> Bool {
        if case .single = languages { false } else { family.translates }
    }

    package func hintPlanner() throws(RecognitionError) -> HintPlanner {
        do throws(ModelFileError) {
            return try HintPlanner(self)
        } catch {
            throw unusable(error)
        }
    }

    package func layout() throws(RecognitionError) -> FamilySetup.Layout {
        guard let layout = family.setup.layout(of: files.keys) else {
            let known = family.fileLayouts.map { $0.joined(separator: ", ") }.joined(separator: " or ")
            throw RecognitionError(
                .modelUnusable,
                "Model '\(name)' has the files \(files.keys.sorted().joined(separator: ", ")); type \(family.rawValue) "
                    + "takes \(known).")
        }
        return layout
    }

    package func metadata(of file: String) throws(RecognitionError) -> ONNXMetadata {
        guard let path = files[file] else {
            throw RecognitionError(.modelUnusable, "Model '\(name)' has no file '\(file)'.")
        }
        do throws(ModelFileError) {
            return try ONNXMetadata(path: path)
        } catch {
            throw unusable(error)
        }
    }

    private func unusable(_ error: ModelFileError) -> RecognitionError {
        RecognitionError(.modelUnusable, fault(error).messageWithoutFolder)
    }
}

/// Settings of ONNX Runtime that sherpa-onnx does not set: a text file whose path follows the provider, as in
/// `cpu:FILE` (read by sherpa-onnx's session.cc).
package enum RuntimeSettings {
    /// The content of the file, for all models.
    ///
    /// - `EnableMemPattern`: ONNX Runtime would plan memory for each length of audio and keep the plans. If all lengths
    ///   differ, that costs 3 % more CPU time and 30 MB more (Benchmarks/RESULTS.md, "Memory").
    /// - `EnableCpuMemArena`: The arena has one lock, on which lanes wait for one another, and keeps the memory of its
    ///   largest decode for good. A heap with a cache for each thread is faster and returns memory ("The heap").
    /// - `allow_spinning`: The threads of a decode would spin while they wait for one another.
    package static let text = """
        EnableMemPattern=0
        EnableCpuMemArena=0
        SessionConfig.session.intra_op.allow_spinning=0

        """
}
