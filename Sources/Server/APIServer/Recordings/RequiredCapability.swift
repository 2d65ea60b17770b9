import Concurrency
import ModelFamilies
import ModelStore
import Upstreams

/// A capability that a request needs and not every model has.
struct RequiredCapability: Sendable {
    /// The field that requires it.
    let parameter: String
    /// Completes the sentence "The model …".
    let lack: String
    let isMet: @Sendable (ModelSpecification) -> Bool
    /// Whether a model on other servers has it; `nil` if that is not known.
    var isMetElsewhere: @Sendable (UpstreamCapabilities) -> Bool? = { _ in nil }

    static let translation = Self(
        parameter: "model", lack: "cannot translate", isMet: \.mayTranslate, isMetElsewhere: \.translates)
    static let languageDetection = Self(
        parameter: "model", lack: "does not detect which language is spoken", isMet: \.detectsLanguage)
    static let logProbabilities = Self(
        parameter: "include",
        lack: "does not tell how sure it is of its tokens; leave 'include' out, or take another",
        isMet: \.family.tellsLogProbabilities)
}

extension TranscriptionOptions {
    /// The capabilities that the model must have.
    var needs: [RequiredCapability] {
        (task == .translate ? [.translation] : [])
            + (inclusions.contains(.logProbabilities) ? [.logProbabilities] : [])
    }
}

extension ModelService {
    /// Checks the capabilities of a model without loading it. The error names the models that have what this one lacks.
    func check(_ needs: [RequiredCapability], of entry: ModelEntry) async throws {
        guard !needs.isEmpty else { return }
        // Some capabilities are read from a model's files.
        guard let need = await elsewhere({ needs.first { !$0.isMet(entry.specification) } }) else { return }
        throw await lack(of: need, in: entry.name)
    }

    /// Checks the capabilities of a model on other servers, as far as they are known.
    func check(_ needs: [RequiredCapability], of entry: UpstreamEntry) async throws {
        let capabilities = upstreams.model(of: entry).capabilities
        if let need = needs.first(where: { $0.isMetElsewhere(capabilities) == false }) {
            throw await lack(of: need, in: entry.name)
        }
    }

    private func lack(of need: RequiredCapability, in name: String) async -> APIError {
        let registry = await registry
        let able =
            await elsewhere { registry.entries.filter { need.isMet($0.specification) }.map(\.name) }
            + registry.upstreams.map(upstreams.model).filter { need.isMetElsewhere($0.capabilities) == true }.map(
                \.entry.name)
        let advice =
            able.isEmpty
            ? "No registered model can; docs/models.md tells which types do."
            : "These can: \(able.joined(separator: ", "))."
        return APIError.unsupported(need.parameter, "The model '\(name)' \(need.lack). \(advice)")
    }
}
