import Concurrency
import ModelFamilies
import ModelStore

/// What a request wants that not every model can do.
enum RequiredCapability: Sendable {
    case translation
    case logProbabilities

    /// The field that wants it.
    var parameter: String {
        switch self {
        case .translation: "model"
        case .logProbabilities: "include"
        }
    }

    /// Continues "The model …".
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
    /// What the model has to be able to do.
    var needs: [RequiredCapability] {
        var needs: [RequiredCapability] = []
        if task == .translate { needs.append(.translation) }
        if inclusions.contains(.logProbabilities) { needs.append(.logProbabilities) }
        return needs
    }
}

extension ModelService {
    /// Checks what can be told of a model without loading it.
    ///
    /// - Throws: `APIError` naming the models that can do what this one cannot.
    func check(_ needs: [RequiredCapability], of entry: ModelEntry) async throws {
        guard !needs.isEmpty else { return }
        // Some needs are told by a model's files.
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
