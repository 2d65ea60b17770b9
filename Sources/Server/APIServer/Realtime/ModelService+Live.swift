import Concurrency
import Engines
import ModelFamilies
import ModelStore
import SpeechTypes
import Upstreams

extension ModelService {
    /// Begins a live session with a model, downloading its files first if they are missing, however long that takes.
    /// Its audio begins at `position`, in samples at 16 kHz.
    func live(_ entry: ModelEntry, _ settings: LiveSettings, from position: Int) -> LiveJob {
        engines.live(settings, from: position) {
            while true {
                do {
                    return try await store.prepare(entry, waitingUpTo: modelWait)
                } catch let error as ModelError where error.code == .notReady {
                    try await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    /// Checks what a live session asks of a model on other servers, as far as is known.
    func checkLive(
        _ transcription: RealtimeConfiguration.Transcription?, of entry: UpstreamEntry
    ) throws(APIError) {
        guard upstreams.model(of: entry).capabilities.isLive != false else {
            throw .unsupported("model", "The model '\(entry.name)' is on other servers and has no live sessions.")
        }
        guard let transcription else { return }
        try check(
            transcription.language, transcription.languages, in: "session.audio.input.transcription.", of: entry)
    }

    /// Checks the languages that a request for a model on other servers names, if those that it knows are known.
    func check(
        _ language: Language?, _ candidates: [Language], in place: String = "", of entry: UpstreamEntry
    ) throws(APIError) {
        guard let known = upstreams.model(of: entry).capabilities.languages else { return }
        let named = language.map { [("language", $0)] } ?? candidates.map { ("languages", $0) }
        guard let (field, wrong) = named.first(where: { !known.contains($0.1) }) else { return }
        throw .unsupported(
            place + field,
            "The model '\(entry.name)' does not know the language '\(wrong)'; it knows "
                + "\(known.map(\.code).joined(separator: ", ")).")
    }

    /// Checks what a live session asks of a model, as far as that is known before the model is loaded.
    ///
    /// - Throws: `APIError` naming the language and those that the model has.
    func checkLive(_ transcription: RealtimeConfiguration.Transcription?, of entry: ModelEntry) async throws {
        guard let transcription, transcription.language != nil || !transcription.languages.isEmpty else { return }
        let model = entry.specification
        // The languages of some models are read from their files; if those are missing, the engine will check.
        let fault = await elsewhere { () -> (parameter: String, message: String)? in
            guard let support = try? LanguageSupport(of: model) else { return nil }
            func check(_ language: Language?) -> String? {
                do {
                    _ = try support.resolve(language, model: model.name)
                    return nil
                } catch {
                    return error.message
                }
            }
            if let message = check(transcription.language) { return ("language", message) }
            guard transcription.language == nil else { return nil }
            return transcription.languages.lazy.compactMap(check).first.map { ("languages", $0) }
        }
        if let fault {
            throw APIError.unsupported("session.audio.input.transcription.\(fault.parameter)", fault.message)
        }
    }
}
