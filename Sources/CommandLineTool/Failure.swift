import ArgumentParser
import Foundation
import ModelStore

/// Why a command could not do what it was asked to, in words for whoever asked.
struct Failure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    /// Does a command's work.
    ///
    /// - Throws: `ExitCode` 1 after a line on standard error that says what is wrong.
    static func reported(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let failure as Failure {
            throw exit(failure.message)
        } catch let error as RegistryError {
            throw exit(error.description)
        } catch let error as ModelError {
            throw exit(error.message)
        }
    }

    /// Says something on standard error.
    static func report(_ message: String) {
        FileHandle.standardError.write(Data("asr2clip: \(message)\n".utf8))
    }

    private static func exit(_ message: String) -> ExitCode {
        report(message)
        return .failure
    }
}
