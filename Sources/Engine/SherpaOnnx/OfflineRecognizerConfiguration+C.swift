import CSherpaOnnx
import Essentials
import ModelFamilies

extension OfflineRecognizerConfiguration {
    /// Passes the C form of this configuration; its strings are valid during the call.
    func withCConfiguration<R>(_ body: (UnsafePointer<SherpaOnnxOfflineRecognizerConfig>) -> R) -> R {
        var config = SherpaOnnxOfflineRecognizerConfig()
        let copies = texts.map { (field: $0.key, copy: strdup($0.value)) }
        defer { copies.forEach { free($0.copy) } }
        for (field, copy) in copies { config[keyPath: field.path] = UnsafePointer(copy) }
        for (field, number) in numbers { config[keyPath: field.path] = number }
        for (field, number) in decimals { config[keyPath: field.path] = number }
        return body(&config)
    }
}
