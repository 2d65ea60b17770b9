import ModelStore

/// The names that clients send without having been told any: OpenAI's own, which many programs cannot change.
///
/// They lead to the default model unless models.yaml defines them, and they are not listed.
enum ModelNames {
    static let builtIn: Set<String> = [
        "whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
        "gpt-4o-transcribe-diarize",
    ]

    /// The name that the registry knows for what a request says.
    ///
    /// - Parameters:
    ///   - sent: The request's `model`; `nil` means the default model.
    ///   - registry: The models.
    /// - Returns: The name of a model or an alias, if there is one of this name.
    /// - Throws: `APIError` if it means the default model and there is none.
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
    /// Whether the registry has a model or an alias of this name, be it one with a mistake.
    fileprivate func defines(_ name: String) -> Bool {
        aliases[name] != nil || entry(named: name) != nil
            || !mistakes(in: .model(name)).isEmpty || !mistakes(in: .alias(name)).isEmpty
    }
}

extension ModelService {
    /// Finds the model that a request means.
    ///
    /// - Parameter name: A model, an alias, or a built-in name; `nil` means the default model.
    /// - Returns: Its entry.
    /// - Throws: `APIError`, or `ModelError` if there is no such model or its entry is unusable.
    func resolve(_ name: String?) async throws -> ModelEntry {
        try await store.resolve(ModelNames.registered(name, in: store.registry))
    }
}
