/// The search for a server's key in what the server sends. Does no I/O.
extension [UInt8] {
    /// Whether these bytes stand in others one after the other: as they are, or with escapes of JSON, as `\/`.
    func isContained(in others: some Collection<UInt8>) -> Bool {
        isPlain(in: others) || others.contains(UInt8(ascii: "\\")) && isPlain(in: Self(unescaping: others))
    }

    private func isPlain(in others: some Collection<UInt8>) -> Bool {
        guard let first else { return false }
        var rest = others[...]
        while let place = rest.firstIndex(of: first) {
            rest = rest[place...]
            if rest.starts(with: self) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// JSON text with the characters that its escapes mean (RFC 8259, section 7). A key is ASCII without control
    /// characters, so what means another character stays as it is.
    private init(unescaping text: some Collection<UInt8>) {
        self = []
        reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                append(byte)
                continue
            }
            if escaped == UInt8(ascii: "u"), let value = Self.ascii(rest.prefix(4)) {
                rest = rest.dropFirst(4)
                append(value)
            } else {
                append(escaped)
            }
        }
    }

    private static func ascii(_ digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), value < 0x80
        else { return nil }
        return UInt8(value)
    }
}
