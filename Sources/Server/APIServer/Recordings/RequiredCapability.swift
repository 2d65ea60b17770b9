import Concurrency
import ModelFamilies
import ModelStore

/// A capability that a request needs and not every model has.
struct RequiredCapability: Sendable {
    /// The field that requires it.
    let parameter: String
    /// Completes the sentence "The model …".
    let lack: String
    let isMet: @Sendable (ModelSpecification) -> Bool

    static let translation = Self(parameter: "model", lack: "cannot translate", isMet: \.mayTranslate)
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
        let entries = await registry.entries
        let able = await elsewhere { entries.filter { need.isMet($0.specification) }.map(\.name) }
        let advice =
            able.isEmpty
            ? "No registered model can; docs/models.md tells which types do."
            : "These can: \(able.joined(separator: ", "))."
        throw APIError.unsupported(need.parameter, "The model '\(entry.name)' \(need.lack). \(advice)")
    }
}
