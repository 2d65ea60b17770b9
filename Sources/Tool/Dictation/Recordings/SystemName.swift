import Essentials

/// File names as the system stores them: bytes, which need not be UTF-8.
///
/// A Swift string is always valid UTF-8. Bytes that are not are encoded in it as characters of a private-use plane, and
/// decoded for system calls. Python does the same with surrogates (PEP 383).
public enum SystemName {
    private static let base: UInt32 = 0x10_FE00

    /// Encodes a name as text.
    public static func text(of name: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var bytes = Array(name)[...]
        while !bytes.isEmpty {
            let length = (1...min(4, bytes.count)).first { String(validating: bytes.prefix($0), as: UTF8.self) != nil }
            if let length, let valid = String(validating: bytes.prefix(length), as: UTF8.self) {
                text.append(contentsOf: valid.unicodeScalars)
                bytes = bytes.dropFirst(length)
            } else if let scalar = Unicode.Scalar(base + UInt32(bytes.removeFirst())) {
                text.append(scalar)
            }
        }
        return String(text)
    }

    /// Decodes the name that a text encodes.
    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            isByte(scalar) ? [UInt8(scalar.value - base)] : Array(UTF8.encode(scalar) ?? .init())
        }
    }

    /// Decodes the name that a text encodes, for system calls.
    static func cString(_ text: String) -> [CChar] { bytes(of: text).map(CChar.init(bitPattern:)) + [0] }

    /// Whether a name is not UTF-8.
    static func isRaw(_ text: String) -> Bool { text.unicodeScalars.contains(where: isByte) }

    /// A name for users and servers: bytes that are not UTF-8 are replaced.
    public static func shown(_ text: String) -> String {
        guard isRaw(text) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isByte($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isByte(_ scalar: Unicode.Scalar) -> Bool { (base + 0x80...base + 0xFF).contains(scalar.value) }
}
