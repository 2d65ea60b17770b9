import Foundation

/// The check of tokens.txt that sherpa-onnx makes by ending the process.
enum TokensFile {
    /// Reads the file as sherpa-onnx does (symbol-table.cc, `ReadTokens`): each line is a symbol and its number, or the
    /// number alone for the space.
    ///
    /// - Throws: `ModelFileError` with the number of the first bad line.
    static func check(path: String) throws(ModelFileError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ModelFileError(path: path, problem: "cannot be read; check that it exists and may be read")
        }
        var number = 0
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let fields = line.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
            if fields.isEmpty, line.startIndex + line.count == data.endIndex { continue }
            guard (1...2).contains(fields.count), isNumber(fields[fields.count - 1]) else {
                throw ModelFileError(path: path, problem: "line \(number) is not 'symbol number'; fetch it again")
            }
        }
        guard number > 1 else { throw ModelFileError(path: path, problem: "has no tokens; fetch it again") }
    }

    private static func isNumber(_ field: Data) -> Bool {
        Int32(String(decoding: field, as: UTF8.self)) != nil
    }
}
