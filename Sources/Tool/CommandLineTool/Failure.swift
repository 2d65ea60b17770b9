import ArgumentParser
import Essentials

/// Why a command failed, in words for the user.
struct Failure: Error, CustomStringConvertible {
    let message: String

    var description: String { message }

    init(_ message: String) {
        self.message = message
    }

    /// Explains an error of any module.
    init(explaining error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        default: self.init(SystemReason.words(for: error))
        }
    }

    /// Does a command's work.
    ///
    /// - Throws: `ExitCode` 1 after a line on standard error that says what is wrong.
    static func reported(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let code as ExitCode {
            throw code
        } catch {
            report(Failure(explaining: error).message)
            throw ExitCode.failure
        }
    }

    /// Writes a message to standard error.
    static func report(_ message: String) {
        StandardError.write("asr2clip: \(message)\n")
    }
}
