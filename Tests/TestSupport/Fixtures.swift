public import Foundation

/// The files under Tests/Fixtures, and those that set-up downloads to .deps.
public enum Fixtures {
    /// The repository's root.
    public static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A recording of Tests/Fixtures/audio.
    public static func audio(_ file: String) -> String { path("Tests/Fixtures/audio/\(file)") }

    /// A file of a model of Tests/Fixtures/models.
    public static func model(_ family: String, _ file: String) -> String {
        path("Tests/Fixtures/models/\(family)/\(file)")
    }

    /// A file of the starter model.
    public static func starterModel(_ file: String) -> String { path(".deps/models/moonshine-tiny-en/\(file)") }

    /// The voice activity model, which set-up downloaded.
    public static let voiceActivityModel = path(".deps/models/silero-vad/silero_vad_16k_op15.onnx")

    /// Real speech that set-up downloaded: `beckett.wav`, `two_cities.wav`.
    public static func speech(_ file: String) -> String { path(".deps/speech/\(file)") }

    /// A path below the repository's root.
    public static func path(_ relative: String) -> String { repository.appending(path: relative).path }
}
