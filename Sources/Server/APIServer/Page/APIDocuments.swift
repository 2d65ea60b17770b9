import CEmbedded
import Essentials

/// The documents for programs: what `/openapi.json` and `/asyncapi.json` answer. They are written in parts, each of which
/// is a file with a JSON object; a document has the members of its parts.
enum APIDocuments {
    static let openAPI = object(
        members(of: "openapi/document.json"), member("paths", members(of: "openapi/paths/")),
        member(
            "components",
            [
                members(of: "openapi/components.json"), member("responses", members(of: "openapi/responses/")),
                member("schemas", members(of: "common.json", "openapi/schemas/")),
            ].joined(separator: ",")))

    static let asyncAPI = object(
        members(of: "asyncapi/document.json"),
        member(
            "components",
            [
                members(of: "asyncapi/components.json"), member("messages", members(of: "asyncapi/messages/")),
                member("schemas", members(of: "common.json", "asyncapi/schemas.json")),
            ].joined(separator: ",")))

    private static func object(_ members: String...) -> String { "{" + members.joined(separator: ",") + "}\n" }

    private static func member(_ name: String, _ members: String) -> String { "\n\"\(name)\": {\(members)}" }

    /// The members of the objects in files of these paths, or in these folders.
    private static func members(of paths: String...) -> String {
        paths.flatMap { path in parts.filter { $0.path.hasPrefix(path) } }.map(\.members).joined(separator: ",")
    }

    /// Each file with what is within its outermost braces.
    static let parts: [(path: String, members: String)] =
        UnsafeBufferPointer(start: cembedded_api(), count: cembedded_api_count()).map { file in
            let bytes = UnsafeRawBufferPointer(start: file.content.bytes, count: file.content.count)
            let object = String(decoding: bytes, as: UTF8.self).trimmed
            return (String(cString: file.path), String(object.dropFirst().dropLast()).trimmed)
        }
}
