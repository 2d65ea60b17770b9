import SystemPackage

/// A file that may be missing or of another kind.
struct ReadableFile: ~Copyable {
    /// The most bytes of a file that is read completely: tokens, pieces and phrases have some megabytes.
    private static let longest = 256 << 20

    private let path: String
    private let descriptor: FileDescriptor

    init(path: String) throws(ModelFileError) {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch {
            throw ModelFileError(path: path, problem: "cannot be opened; check that it exists and may be read")
        }
    }

    deinit {
        try? descriptor.close()
    }

    static func contents(path: String) throws(ModelFileError) -> [UInt8] {
        let file = try ReadableFile(path: path)
        let size = try file.size()
        guard size <= longest else {
            throw ModelFileError(path: path, problem: "has \(size) bytes, which no such file has; fetch it again")
        }
        return try file.bytes(at: 0, count: size)
    }

    static func check(path: String) throws(ModelFileError) {
        guard try !ReadableFile(path: path).bytes(at: 0, count: 1).isEmpty else {
            throw ModelFileError(path: path, problem: "is empty")
        }
    }

    func size() throws(ModelFileError) -> Int {
        do {
            return Int(try descriptor.seek(offset: 0, from: .end))
        } catch {
            throw unreadable
        }
    }

    /// The bytes at a position; fewer at the end of the file.
    func bytes(at position: Int, count: Int) throws(ModelFileError) -> [UInt8] {
        do {
            return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                    let read = try descriptor.read(fromAbsoluteOffset: Int64(position + filled), into: rest)
                    guard read > 0 else { break }
                    filled += read
                }
            }
        } catch {
            throw unreadable
        }
    }

    private var unreadable: ModelFileError {
        ModelFileError(path: path, problem: "cannot be read; check that it is a file and may be read")
    }
}
