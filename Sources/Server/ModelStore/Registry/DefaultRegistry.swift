import Essentials

enum DefaultRegistry {
    /// A comment, followed by the product page's registry, byte for byte.
    static let yaml = """
        # The speech models of asr2clip: add your own under "models".
        default_model: sensevoice-small
        num_threads: 4

        models:
          sensevoice-small:
            type: sense_voice
            dir: sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17
            files:
              model: model.int8.onnx
              tokens: tokens.txt
            options:
              use_itn: true
              language: ""          # empty = auto-detect
            download:
              url: "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17.tar.bz2"
              archive_subdir: sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17

        """

    /// Writes the registry and makes its parent folders, unless the path exists. The file is written atomically.
    static func create(at path: String) throws(RegistryError) {
        guard !FileSystem.isOccupied(path) else { return }
        do {
            try FileSystem.createDirectory(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch let error as SystemError {
            throw RegistryError(file: path, "Cannot write the first registry. \(error)")
        } catch {
            throw RegistryError(file: path, "Cannot write the first registry: \(SystemReason.words(for: error))")
        }
    }
}

extension ModelRegistry {
    /// The model that the first run registers, if nobody has chosen or fetched one yet: the registry is as the first run
    /// writes it, or is missing and would be written, and the model's files are not there.
    package static func firstModel(at paths: ModelPaths) -> ModelEntry? {
        let file = paths.registryFile
        if FileSystem.isOccupied(file) {
            guard (try? String(contentsOfFile: file, encoding: .utf8)) == DefaultRegistry.yaml else { return nil }
        } else if !paths.registryIsDefault {
            return nil
        }
        let model = try? parse(DefaultRegistry.yaml, file: file, paths: paths).entries.first
        return model.flatMap { $0.missingFiles().isEmpty ? nil : $0 }
    }
}
