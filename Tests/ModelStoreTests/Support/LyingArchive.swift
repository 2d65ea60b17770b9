/// Archives with false headers, assembled byte by byte, because libarchive cannot write them.
enum LyingArchive {
    /// A tar archive of a file of ten bytes, and one that claims to be longer.
    static func tar(claiming size: UInt64) -> [UInt8] {
        header("v/m.onnx", size: 10) + block("0123456789") + header("v/tokens.txt", size: size)
            + [UInt8](repeating: 0, count: 2048)
    }

    /// A tar archive of a file with a hole (GNU tar's manual, "PAX Format, Version 1.0"); its map has one range of
    /// data.
    static func sparseTar(realSize: UInt64, offset: UInt64, count: UInt64) -> [UInt8] {
        let attributes = [
            ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "v/m.onnx"),
            ("GNU.sparse.realsize", "\(realSize)"),
        ].map(attribute).joined()
        let map = "1\n\(offset)\n\(count)\n"
        return header("v/x", size: UInt64(attributes.utf8.count), type: "x") + block(attributes)
            + header("v/m.onnx", size: 1024) + block(map) + block("data") + [UInt8](repeating: 0, count: 1024)
    }

    /// A zip archive (APPNOTE.TXT, with ZIP64 sizes) of a file of ten bytes, and one that claims to be longer.
    static func zip(claiming size: UInt64) -> [UInt8] {
        let first = entry("a", size: 10)
        let second = entry("b", size: size)
        let files = first.local + Array("0123456789".utf8) + second.local + [0x78]
        let place = UInt32(first.local.count + 10)
        let directory = central(first.fields, at: 0) + central(second.fields, at: place)
        return files + directory + number(UInt32(0x0605_4B50)) + number(UInt32(0)) + number(UInt16(2))
            + number(UInt16(2)) + number(UInt32(directory.count)) + number(UInt32(files.count)) + number(UInt16(0))
    }

    private static func entry(_ name: String, size: UInt64) -> (local: [UInt8], fields: [UInt8]) {
        let sizes = number(UInt16(1)) + number(UInt16(16)) + number(size) + number(size)
        // Version, flags, method (stored), time, date, CRC-32, the sizes (in the extra field), lengths.
        let head = number(UInt16(45)) + number(UInt16(0)) + number(UInt16(0)) + number(UInt32(0)) + number(UInt32(0))
        let fields =
            head + number(UInt32.max) + number(UInt32.max) + number(UInt16(name.utf8.count))
            + number(UInt16(sizes.count))
        let tail = Array(name.utf8) + sizes
        return (number(UInt32(0x0403_4B50)) + fields + tail, fields + tail)
    }

    /// The same in the central directory, where comment, disk, attributes and offset come before the name.
    private static func central(_ fields: [UInt8], at place: UInt32) -> [UInt8] {
        let more = number(UInt16(0)) + number(UInt16(0)) + number(UInt16(0)) + number(UInt32(0o100644) << 16)
        return number(UInt32(0x0201_4B50)) + number(UInt16(45)) + Array(fields.prefix(26)) + more + number(place)
            + Array(fields.dropFirst(26))
    }

    /// A POSIX ustar header, with GNU's binary size if eleven octal digits are too few.
    private static func header(_ name: String, size: UInt64, type: Character = "0") -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            bytes.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ number: UInt64, _ digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(name, at: 0)
        for offset in [100, 108, 116] { put(octal(0o644, 7), at: offset) }
        if size < 1 << 33 {
            put(octal(size, 11), at: 124)
        } else {
            bytes[124] = 0x80
            bytes.replaceSubrange(128..<136, with: number(size).reversed())
        }
        put(octal(0, 11), at: 136)
        put(String(repeating: " ", count: 8), at: 148)
        put(String(type), at: 156)
        put("ustar\0" + "00", at: 257)
        put(octal(bytes.reduce(0) { $0 + UInt64($1) }, 6) + "\0 ", at: 148)
        return bytes
    }

    private static func block(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// A record of pax: its own length, key and value.
    private static func attribute(_ key: String, _ value: String) -> String {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count + 1
        while "\(length)".utf8.count + rest.utf8.count != length { length += 1 }
        return "\(length)\(rest)"
    }

    private static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
