/// The version of both executables.
enum Version {
    static let text = "0.1.0"
}
