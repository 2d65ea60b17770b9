import Essentials
import ModelFamilies
import ModelStore

extension ModelEntry {
    /// The registered files by logical name, with their sizes in bytes; `nil` if a file is missing.
    var filesOnDisk: [(name: String, path: String, size: Int64?)] {
        specification.files.sorted { $0.key < $1.key }.map { name, path in
            var status = stat()
            return (name, path, stat(path, &status) == 0 ? Int64(status.st_size) : nil)
        }
    }
}

extension ModelOptions {
    /// The options that are set in the registry.
    var described: [(key: String, value: String)] {
        let language = language.map { [("language", $0.code)] } ?? []
        return language + values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
    }
}
