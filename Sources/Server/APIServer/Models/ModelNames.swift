import ModelStore

/// OpenAI's own model names, which many programs send and cannot change.
///
/// They mean the default model unless models.yaml defines them, and they are not listed.
enum ModelNames {
    static let builtIn: Set<String> = [
        "whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
        "gpt-4o-transcribe-diarize",
    ]

    /// Looks up the registered name for the name in a request.
    ///
    /// - Parameters:
    ///   - sent: The request's `model`; `nil` means the default model.
    ///   - registry: The models.
    /// - Returns: The name of a model or an alias; an unknown name is returned unchanged.
    /// - Throws: `APIError` if the default model is meant and there is none.
    static func registered(_ sent: String?, in registry: ModelRegistry) throws(APIError) -> String {
        if let sent, !builtIn.contains(sent) || registry.defines(sent) { return sent }
        guard let name = registry.defaultModel else {
            guard let sent else {
                throw .missing(
                    "model",
                    "The form has no 'model', and the registry no default_model. Send one of"
                        + " GET /v1/models.")
            }
            return sent
        }
        return name
    }
}

extension ModelRegistry {
    /// Whether the registry has a model or an alias of this name, even one with a mistake.
    fileprivate func defines(_ name: String) -> Bool {
        aliases[name] != nil || entry(named: name) != nil
            || !mistakes(in: .model(name)).isEmpty || !mistakes(in: .alias(name)).isEmpty
    }
}

extension ModelService {
    /// Finds the model for a request.
    ///
    /// - Parameter name: A model, an alias, or a built-in name; `nil` means the default model.
    /// - Returns: Its entry.
    /// - Throws: `APIError`, or `ModelError` if there is no such model or its entry is unusable.
    func resolve(_ name: String?) async throws -> ModelEntry {
        try await store.resolve(ModelNames.registered(name, in: store.registry))
    }
}
