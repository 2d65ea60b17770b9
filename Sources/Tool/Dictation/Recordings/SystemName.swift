import Essentials

/// Names of files as the system has them: bytes, which need not be UTF-8.
///
/// A Swift string is always valid, so bytes that are no UTF-8 stand in it as characters of a private-use plane and become
/// the bytes again where the system is asked for the file. Python does the same with surrogates (PEP 383).
public enum SystemName {
    private static let base: UInt32 = 0x10_FE00

    /// The text that stands for a name.
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

    /// The name that a text stands for.
    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            isByte(scalar) ? [UInt8(scalar.value - base)] : Array(UTF8.encode(scalar) ?? .init())
        }
    }

    /// The name that a text stands for, as the system is given it.
    static func cString(_ text: String) -> [CChar] { bytes(of: text).map(CChar.init(bitPattern:)) + [0] }

    /// Whether a name is no UTF-8.
    static func isRaw(_ text: String) -> Bool { text.unicodeScalars.contains(where: isByte) }

    /// A name as people and servers can be shown it.
    public static func shown(_ text: String) -> String {
        guard isRaw(text) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isByte($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isByte(_ scalar: Unicode.Scalar) -> Bool { (base + 0x80...base + 0xFF).contains(scalar.value) }
}
