/// The servers that a request has passed, in a header. With it, a circle of servers that send recordings to each other
/// ends at the first one that is reached twice.
package struct UpstreamHops: Sendable, Equatable {
    /// The header: ids with commas between them.
    package static let header: StaticString = "x-asr2clip-hop"
    /// More than any sensible row of servers has.
    private static let most = 5

    private let ids: [String]

    /// Reads the header of a request. Of a malformed one, what is legible counts.
    package init(_ header: String?) {
        ids = (header ?? "").split(separator: ",").prefix(2 * Self.most).map { id in
            String(id.prefix(64).filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
        }.filter { !$0.isEmpty }
    }

    /// The header for the next server.
    ///
    /// - Parameter id: That of this server.
    /// - Returns: The header's value.
    /// - Throws: `.looping` if the request has been here before, or has passed too many servers.
    func header(passing id: String) throws(UpstreamError) -> String {
        guard !ids.contains(id) else {
            throw UpstreamError(
                .looping,
                "The request has passed this server before: upstreams of models.yaml lead in a circle. Change one of them."
            )
        }
        guard ids.count < Self.most else {
            throw UpstreamError(
                .looping, "The request has passed \(ids.count) servers already, and is not sent on to another.")
        }
        return (ids + [id]).joined(separator: ",")
    }
}
