package import SpeechTypes

extension ModelSpecification {
    /// The sherpa-onnx configuration of this model. A provider in the model's options overrides the settings file.
    package func configuration(
        for settings: RecognizerSettings, operatorThreads: Int, runtimeSettings: String? = nil
    ) throws(RecognitionError) -> OfflineRecognizerConfiguration {
        var configuration = OfflineRecognizerConfiguration()
        for (name, field) in try layout().fields { configuration.texts[field] = files[name] }
        for option in family.options { option.put(options.values[option.key], into: &configuration) }
        if let runtimeSettings, options.values["provider"] == nil {
            configuration.texts[.provider] = RuntimeSettings.provider(runtimeSettings)
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

    /// Makes the planner for requests' hints.
    package func hintPlanner() throws(RecognitionError) -> HintPlanner {
        do throws(ModelFileError) {
            return try HintPlanner(self)
        } catch {
            throw unusable(error)
        }
    }

    /// The layout that the model's files have.
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

    /// The metadata of one of the model's .onnx files.
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
