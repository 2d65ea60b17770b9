import Concurrency
import Engines
import ModelFamilies
import ModelStore
import SpeechTypes

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
