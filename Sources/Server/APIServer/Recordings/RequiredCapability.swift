import Concurrency
import ModelFamilies
import ModelStore

/// A capability that a request needs and not every model has.
enum RequiredCapability: Sendable {
    case translation
    case logProbabilities

    /// The field that requires it.
    var parameter: String {
        switch self {
        case .translation: "model"
        case .logProbabilities: "include"
        }
    }

    /// Completes the sentence "The model …".
    fileprivate var lack: String {
        switch self {
        case .translation: "cannot translate"
        case .logProbabilities: "does not tell how sure it is of its tokens; leave 'include' out, or take another"
        }
    }

    fileprivate func isMet(by model: ModelSpecification) -> Bool {
        switch self {
        case .translation: model.mayTranslate
        case .logProbabilities: model.family.tellsLogProbabilities
        }
    }
}

extension TranscriptionForm {
    /// The capabilities that the model must have.
    var needs: [RequiredCapability] {
        var needs: [RequiredCapability] = []
        if task == .translate { needs.append(.translation) }
        if inclusions.contains(.logProbabilities) { needs.append(.logProbabilities) }
        return needs
    }
}

extension ModelService {
    /// Checks the capabilities of a model without loading it.
    ///
    /// - Throws: `APIError` naming the models that have what this one lacks.
    func check(_ needs: [RequiredCapability], of entry: ModelEntry) async throws {
        guard !needs.isEmpty else { return }
        // Some capabilities are read from a model's files.
        guard let need = await elsewhere({ needs.first { !$0.isMet(by: entry.specification) } }) else { return }
        let entries = await registry.entries
        let able = await elsewhere { entries.filter { need.isMet(by: $0.specification) }.map(\.name) }
        let advice =
            able.isEmpty
            ? "No registered model can; docs/models.md tells which types do."
            : "These can: \(able.joined(separator: ", "))."
        throw APIError.unsupported(need.parameter, "The model '\(entry.name)' \(need.lack). \(advice)")
    }
}
