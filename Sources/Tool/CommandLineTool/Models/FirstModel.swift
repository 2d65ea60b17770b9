import Essentials
import ModelStore
import SpeechTypes

/// The advice on a first run: which model to take.
enum FirstModel {
    /// The advice, in one line; `nil` if a model has been chosen or fetched already. The language is that of the user's
    /// locale.
    static func advice(
        _ paths: ModelPaths, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        guard let first = ModelRegistry.firstModel(at: paths) else { return nil }
        let languages = (first.family.languages ?? []).map(\.shownName).listed
        let language = Language(locale: environment)
        let choice = Catalogue.builtIn.recommendation(for: language).map { recommendation in
            let (slow, fast) = (recommendation.slowMachine.model, recommendation.fastMachine.model)
            return
                "For \(language?.shownName ?? "many languages"), take \(slow) on a slow machine or \(fast) on a fast "
                + "one: asr2clip models pull NAME\(paths.flags), then set default_model to NAME in \(paths.registryFile)."
        }
        let others = "asr2clip models \(choice == nil ? "search" : "recommend") LANGUAGE names others."
        return "No model is there yet; the first to be fetched is \(first.name) (\(languages)). "
            + (choice.map { $0 + " " } ?? "") + others
    }
}

extension Language {
    /// The language of a locale: of the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set (POSIX, XBD 8.2). `nil`
    /// for `C`, `POSIX`, and a language that is not known here.
    init?(locale environment: [String: String]) {
        let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }
        guard let locale = variables.first(where: { !$0.isEmpty }) else { return nil }
        self.init(named: String(locale.prefix { $0 != "." && $0 != "@" }))
    }
}
