import Essentials

/// A server that has the files of github.com under the same paths: `--model-mirror`, `ASR2CLIP_MODEL_MIRROR`.
package struct ModelMirror: Sendable, Equatable {
    private let text: String

    /// Keeps an address; an invalid one is an error only when it is needed.
    package init(_ text: String) {
        self.text = text
    }

    /// The address for a command that somebody is told to run; `URL` if it may contain secrets.
    var shownAddress: String { text.contains { "@?#".contains($0) } ? "URL" : text }

    /// The same download from the mirror, if it is one from github.com.
    func download(_ download: ModelDownload) throws(FetchError) -> ModelDownload {
        guard download.url.host?.lowercased() == "github.com",
            let url = URLComponents(string: download.url.absoluteString)
        else { return download }
        let base = String(text.reversed().drop { $0 == "/" }.reversed())
        let query = url.percentEncodedQuery.map { "?\($0)" } ?? ""
        guard !text.contains("?"), !text.contains("#"),
            let address = URL(httpAddress: base + url.percentEncodedPath + query)
        else {
            // The text is not repeated, because it may contain a password.
            throw FetchError(
                "The model mirror is no http or https address; set ASR2CLIP_MODEL_MIRROR or --model-mirror to one such as "
                    + "https://mirror.example.org, which has the paths of github.com below it.")
        }
        return ModelDownload(
            url: address, archiveSubdir: download.archiveSubdir, sha256: download.sha256, size: download.size)
    }
}
