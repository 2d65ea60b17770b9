import Subprocess

/// The variables of our environment that an engine has no business with: it reads what strangers send.
enum SecretVariables {
    private static let marks = ["KEY", "TOKEN", "SECRET", "PASSW", "CREDENTIAL", "AUTH"]

    /// What takes the variables out of an environment whose names look like those of secrets, API keys above all.
    static func removed(from names: some Sequence<String>) -> [Environment.Key: String?] {
        let secret = names.filter { name in marks.contains { name.uppercased().contains($0) } }
        return Dictionary(uniqueKeysWithValues: secret.map { (Environment.Key(stringLiteral: $0), nil) })
    }
}
