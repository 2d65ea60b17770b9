/// Checks tokens.txt for errors on which sherpa-onnx would end the process.
enum TokensFile {
    /// Reads the file like sherpa-onnx (symbol-table.cc, `ReadTokens`): each line is a symbol and its number, or only
    /// the number for the space. Empty lines are allowed.
    ///
    /// The file must have all `needed` tokens, one of the `names`, unless they are empty, and as many tokens as the
    /// `vocabulary` of the model: decoding crashes on a missing one. The `last` symbol, if there is one, must follow
    /// them.
    static func check(
        path: String, vocabulary: Int = 0, oneOf names: [String] = [], allOf needed: [String] = [],
        last: String? = nil
    ) throws(ModelFileError) {
        var tokens: Set<Int32> = []
        var wanted = !names.isEmpty
        var missed = Set(needed)
        var lastToken: Int32?
        for (index, line) in try lines(path: path).enumerated() {
            let fields = fields(line)
            if fields.isEmpty { continue }
            guard (1...2).contains(fields.count), let token = fields.last.flatMap(Self.number) else {
                throw ModelFileError(
                    path: path, line: index + 1, problem: "line \(index + 1) is not 'symbol number'; fetch it again")
            }
            tokens.insert(token)
            guard wanted || !missed.isEmpty || last != nil, fields.count == 2 else { continue }
            let symbol = String(decoding: fields[0], as: UTF8.self)
            if symbol == last { lastToken = token }
            if names.contains(symbol) { wanted = false }
            missed.remove(symbol)
        }
        guard !tokens.isEmpty else { throw ModelFileError(path: path, problem: "has no tokens; fetch it again") }
        guard !wanted else {
            throw ModelFileError(
                path: path,
                problem:
                    "has none of the tokens \(names.joined(separator: ", ")), one of which the type needs; check the "
                    + "type, or fetch the file again")
        }
        if let symbol = missed.min() {
            throw ModelFileError(
                path: path,
                problem: "has no token \(symbol), which the type needs; check the type, or fetch the file again")
        }
        if let last, vocabulary > 0, lastToken != Int32(clamping: vocabulary) || tokens.count - 1 != vocabulary {
            throw ModelFileError(
                path: path,
                problem:
                    "has not \(last) as its token \(vocabulary), the last one, as the model needs; fetch both from the "
                    + "same place")
        }
        if let missing = (0..<Int32(clamping: max(0, vocabulary))).first(where: { !tokens.contains($0) }) {
            throw ModelFileError(
                path: path,
                problem: "has no token \(missing), and the model knows \(vocabulary); fetch both from the same place")
        }
    }

    /// The symbols of a file that has been checked.
    static func symbols(path: String) throws(ModelFileError) -> Set<String> {
        Set(
            try lines(path: path).compactMap { line in
                let fields = fields(line)
                return fields.count == 2 ? String(decoding: fields[0], as: UTF8.self) : nil
            })
    }

    private static func lines(path: String) throws(ModelFileError) -> [ArraySlice<UInt8>] {
        try ReadableFile.contents(path: path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
    }

    private static func number(_ field: ArraySlice<UInt8>) -> Int32? {
        Int32(String(decoding: field, as: UTF8.self))
    }
}
