/// What keeps a model on disk from being loaded.
public struct ModelFault: Sendable, Equatable {
    /// The path of the file at fault; `nil` if it is not a file but an option.
    public let file: String?
    /// The line in it, from 1; `nil` if it is not in a line.
    public let line: Int?
    /// What is wrong and what to do.
    public let message: String

    /// The message for clients, whom it does not concern where models are kept.
    var messageWithoutFolder: String {
        guard let file, let name = file.split(separator: "/").last else { return message }
        return message.replacing(file, with: name)
    }
}
