import Essentials

/// Where models and their registry are, and where models come from. One value, made at the start from flags and environment.
package struct ModelPaths: Sendable, Equatable {
    /// The folder for asr2clip's data: `$XDG_DATA_HOME/asr2clip`, or else `~/.local/share/asr2clip`.
    let dataFolder: String
    /// The folder to which `dir:` values are relative.
    let modelsRoot: String
    package let registryFile: String
    /// Whether the registry's path is the default one: only that file is created if it is missing.
    let registryIsDefault: Bool
    /// Whether the user set the models root: it may then be the default model's own directory.
    let modelsRootIsChosen: Bool
    /// The user's home folder, for `~`.
    let homeFolder: String
    /// The server to download from instead of github.com.
    let mirror: ModelMirror?

    /// Determines the paths from `XDG_DATA_HOME`, `HOME`, `ASR2CLIP_MODEL_DIR` and `ASR2CLIP_MODEL_MIRROR` in the
    /// `environment`, the values of `--model-dir`, `--config` and `--model-mirror`, and the absolute path of the current folder. Creates nothing.
    package init(
        environment: [String: String], modelDirectory: String? = nil, registryFile: String? = nil,
        mirror: String? = nil, currentFolder: String
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
        self.mirror = (given(mirror) ?? given(environment["ASR2CLIP_MODEL_MIRROR"])).map(ModelMirror.init)
    }

    /// The flags with which a command of asr2clip means the same registry, models and mirror, each after a space and
    /// quoted for a shell; empty if they are the default ones.
    package var flags: String {
        var flags = ""
        if !registryIsDefault { flags += " --config \(registryFile.shellWord)" }
        if modelsRootIsChosen { flags += " --model-dir \(modelsRoot.shellWord)" }
        if let mirror { flags += " --model-mirror \(mirror.shownAddress.shellWord)" }
        return flags
    }

    func directory(_ dir: String) -> String {
        Self.absolute(dir, from: modelsRoot, home: homeFolder)
    }

    /// The absolute path of a file named in the registry; a relative name starts at the registry's folder.
    func besideRegistry(_ file: String) -> String {
        Self.absolute(file, from: FileSystem.parent(of: registryFile), home: homeFolder)
    }

    /// Makes a path absolute, with `~` expanded, and without `.`, empty parts and a trailing slash.
    private static func absolute(_ path: String, from folder: String, home: String) -> String {
        let full =
            if path == "~" || path.hasPrefix("~/") {
                home + path.dropFirst()
            } else {
                path.hasPrefix("/") ? path : folder + "/" + path
            }
        // `..` is kept, because its meaning depends on links in the path.
        return "/" + full.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// The user's home in the password file: services may run without `HOME`.
    private static func homeInPasswordFile() -> String? {
        guard let account = getpwuid(getuid()), let home = account.pointee.pw_dir else { return nil }
        return String(cString: home)
    }
}

extension String {
    /// The text as one word of a POSIX shell.
    fileprivate var shellWord: String {
        let isPlain = !isEmpty && utf8.allSatisfy { Self.plainBytes.contains($0) }
        return isPlain ? self : "'\(quotable)'"
    }

    /// The text as it stands between single quotes of a POSIX shell.
    var quotable: String { replacing("'", with: #"'\''"#) }

    private static let plainBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=".utf8)
}
