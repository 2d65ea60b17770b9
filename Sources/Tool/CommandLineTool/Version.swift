import ArgumentParser
import EngineLink

/// `-v`, `--version`.
struct VersionFlag: ParsableArguments {
    @Flag(name: [.customShort("v"), .customLong("version")], help: "Show the version.")
    var isWanted = false

    func validate() throws {
        if isWanted { throw CleanExit.message(Version.text) }
    }
}
