extension MultipartParser {
    /// The boundary in a request's Content-Type.
    ///
    /// - Parameter contentType: The header's value, `nil` if the request has none.
    /// - Returns: 1 to 70 characters, without the two hyphens that precede it in the body.
    /// - Throws: `MultipartError` with the code `notMultipart` or `invalidBoundary`.
    static func boundary(fromContentType contentType: String?) throws(MultipartError) -> String {
        guard let contentType else {
            throw MultipartError(.notMultipart, "The request has no Content-Type; send a form as multipart/form-data.")
        }
        let type = contentType.prefix { $0 != ";" }
        guard Array(type.utf8)[...].trimmingBlanks().asText.lowercased() == "multipart/form-data" else {
            throw MultipartError(.notMultipart, "The Content-Type is '\(type)'; send a form as multipart/form-data.")
        }
        let parameters: HeaderParameters
        do {
            parameters = try HeaderParameters(parsing: contentType.utf8)
        } catch {
            throw MultipartError(.invalidBoundary, "The Content-Type cannot be read: \(error.message)")
        }
        guard let boundary = parameters.bytes("boundary"), !boundary.isEmpty else {
            throw MultipartError(
                .invalidBoundary,
                "The Content-Type multipart/form-data has no boundary. Let the HTTP client set this header itself.")
        }
        // RFC 2046 allows fewer characters; here it is enough that none can be mistaken for a line end.
        guard boundary.count <= 70, boundary.allSatisfy({ (0x20...0x7E).contains($0) }), boundary.last != 0x20 else {
            throw MultipartError(
                .invalidBoundary,
                "The boundary '\(boundary.asText)' is not 1 to 70 printable ASCII characters ending in no space.")
        }
        return boundary.asText
    }
}
