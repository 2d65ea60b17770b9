import ArgumentParser

/// The version of both executables.
enum Version {
    static let text = "0.1.0"
}

/// `-v`, `--version`.
struct VersionFlag: ParsableArguments {
    @Flag(name: [.customShort("v"), .customLong("version")], help: "Show the version.")
    var isWanted = false

    func validate() throws {
        if isWanted { throw CleanExit.message(Version.text) }
    }
}
