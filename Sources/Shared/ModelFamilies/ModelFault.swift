/// Why a model on disk cannot be loaded.
public struct ModelFault: Sendable, Equatable {
    /// The path of the faulty file; `nil` if an option is at fault.
    public let file: String?
    /// The line in the file, from 1; `nil` if the fault is not in a line.
    public let line: Int?
    /// What is wrong and what to do.
    public let message: String

    /// The message for clients, which must not reveal the model's folder.
    var messageWithoutFolder: String {
        guard let file, let name = file.split(separator: "/").last else { return message }
        return message.replacing(file, with: name)
    }
}
