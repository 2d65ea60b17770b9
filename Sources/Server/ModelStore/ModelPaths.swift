import Essentials

/// Where models and their registry are. One value, made at the top from flags and environment.
public struct ModelPaths: Sendable, Equatable {
    /// The folder of asr2clip's data: `$XDG_DATA_HOME/asr2clip`, else `~/.local/share/asr2clip`.
    public let dataFolder: String
    /// The folder that relative `dir:` values start from.
    public let modelsRoot: String
    /// The path of models.yaml.
    public let registryFile: String
    /// Whether the registry's path is the default one: only that file is created when it is missing.
    public let registryIsDefault: Bool
    /// Whether somebody chose the models root: it may then be the default model's own directory.
    public let modelsRootIsChosen: Bool
    /// The user's home folder, for `~`.
    let homeFolder: String

    /// Works out the paths; nothing is read from the environment or created.
    ///
    /// - Parameters:
    ///   - environment: The variables of the process: `XDG_DATA_HOME`, `HOME` and `ASR2CLIP_MODEL_DIR` count.
    ///   - modelDirectory: What `--model-dir` gave; it comes before `ASR2CLIP_MODEL_DIR`.
    ///   - registryFile: What `--config` gave.
    ///   - currentFolder: The absolute path that relative ones start from.
    public init(
        environment: [String: String], modelDirectory: String? = nil, registryFile: String? = nil,
        currentFolder: String
    ) {
        func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

        let home = given(environment["HOME"]) ?? Self.homeInPasswordFile() ?? currentFolder
        func absolute(_ path: String) -> String { Self.absolute(path, from: currentFolder, home: home) }

        // The XDG Base Directory Specification: a relative value is invalid and ignored.
        let xdg = given(environment["XDG_DATA_HOME"]).flatMap { $0.hasPrefix("/") ? $0 : nil }
        let chosenRoot = given(modelDirectory) ?? given(environment["ASR2CLIP_MODEL_DIR"])
        homeFolder = home
        dataFolder = absolute((xdg ?? home + "/.local/share") + "/asr2clip")
        modelsRoot = absolute(chosenRoot ?? dataFolder + "/models")
        modelsRootIsChosen = chosenRoot != nil
        self.registryFile = absolute(given(registryFile) ?? dataFolder + "/models.yaml")
        registryIsDefault = given(registryFile) == nil
    }

    /// The directory that an entry's `dir:` means.
    func directory(_ dir: String) -> String {
        Self.absolute(dir, from: modelsRoot, home: homeFolder)
    }

    /// Makes a path absolute, `~` expanded, without `.`, empty parts and a slash at the end.
    private static func absolute(_ path: String, from folder: String, home: String) -> String {
        let full =
            if path == "~" || path.hasPrefix("~/") {
                home + path.dropFirst()
            } else {
                path.hasPrefix("/") ? path : folder + "/" + path
            }
        // `..` stays: what it means depends on links along the way.
        return "/" + full.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// Services may run without `HOME`.
    private static func homeInPasswordFile() -> String? {
        guard let account = getpwuid(getuid()), let home = account.pointee.pw_dir else { return nil }
        return String(cString: home)
    }
}
