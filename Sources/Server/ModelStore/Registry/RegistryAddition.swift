/// An entry that is to be added to models.yaml.
package struct RegistryAddition: Sendable {
    /// The model's name.
    package let name: String
    let key: YAMLNode
    let value: YAMLNode

    /// Reads an entry as it stands below `models:`: the model's name, and below it `type:` and so on. Its indentation does
    /// not matter.
    /// - Throws: `YAMLError` if this is not one entry.
    package init(yaml: String) throws(YAMLError) {
        guard case .mapping(let mapping) = try YAMLNode.compose(yaml), mapping.pairs.count == 1,
            let pair = mapping.pairs.first, let name = pair.key.scalar?.string, case .mapping = pair.value
        else { throw YAMLError(line: 1, description: "This is not one entry of a registry.") }
        self.name = name
        (key, value) = pair
    }

    /// The entry as lines of a models.yaml, to be written below `models:`.
    package var lines: [String] { YAMLWriter().block(key, value, indent: 2) }
}

/// The error if an entry cannot be added to models.yaml.
package struct RegistryEditError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// A model or an alias of this name is there already.
        case nameTaken
        /// The file cannot be read, or is no registry.
        case unreadable
        /// The file's text has a form that is not edited; the message has the lines to add by hand.
        case notEditable
        /// The file or its folder may not be changed.
        case readOnly
        /// Other programs go on changing the file.
        case busy
        /// The system refuses, as on a full disk.
        case failed
    }

    package let code: Code
    /// What failed and what to do, fit for a client: paths of this machine only below the registry's folder.
    package let message: String
    /// The message with whole paths.
    package let description: String

    /// Describes a failure; `folders` are the absolute paths of folders that are hidden from clients.
    init(_ code: Code, _ description: String, hiding folders: [String] = []) {
        self.code = code
        self.description = description
        message = ModelError(.failed, description, hiding: folders).message
    }
}
