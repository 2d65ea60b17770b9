import Essentials

/// Paths, encoded as `SystemName`, taken apart as the system does: byte by byte.
enum SystemPath {
    /// The path of a file in a folder.
    static func joined(_ folder: String, _ name: String) -> String {
        folder.isEmpty || name.isEmpty ? folder + name : folder.utf8.last == slash ? folder + name : "\(folder)/\(name)"
    }

    /// The folder of a path; `.` if it names none.
    static func folder(of path: String) -> String {
        guard let end = path.utf8.lastIndex(of: slash) else { return "." }
        return end == path.utf8.startIndex ? "/" : String(path.unicodeScalars[..<end])
    }

    /// The last part of a path, without slashes at its end.
    static func name(of path: String) -> String {
        path.utf8.split(separator: slash).last.map { String(path.unicodeScalars[$0.startIndex..<$0.endIndex]) } ?? ""
    }

    /// The path without links and `..`; `nil` if the system finds none.
    static func real(_ path: String) -> String? {
        guard let real = realpath(SystemName.cString(path), nil) else { return nil }
        defer { free(real) }
        return SystemName.text(of: UnsafeRawBufferPointer(start: real, count: strlen(real)))
    }

    /// The next name in an open folder and its kind (readdir(3), `d_type`), without `.` and `..`; `nil` at the end, and if
    /// reading fails, which sets `errno`.
    static func nextName(in stream: OpaquePointer) -> (name: String, type: UInt8)? {
        while let entry = readdir(stream) {
            // The record may end right after the name, so it must not be copied as a whole.
            let start = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
            let text = start.assumingMemoryBound(to: CChar.self)
            let name = SystemName.text(of: UnsafeRawBufferPointer(start: text, count: strlen(text)))
            if name != ".", name != ".." { return (name, entry.pointee.d_type) }
        }
        return nil
    }

    private static let slash = UInt8(ascii: "/")
}
