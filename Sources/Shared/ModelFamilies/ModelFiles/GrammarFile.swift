/// Checks the files in `rule_fsts` and `rule_fars`: sherpa-onnx crashes on an invalid archive.
enum GrammarFile {
    /// The kinds of OpenFst files.
    enum Kind {
        /// A transducer (fst/fst.h, `kFstMagicNumber`).
        case transducer
        /// Several transducers (fst/extensions/far, `kSTTableMagicNumber` and `kSTListMagicNumber`), or one.
        case archive

        fileprivate var magicNumbers: Set<Int32> {
            switch self {
            case .transducer: [2_125_659_606]
            case .archive: [2_125_656_924, 5_656_924, 2_125_659_606]
            }
        }
    }

    /// - Throws: `ModelFileError` if the file has another magic number.
    static func check(path: String, kind: Kind) throws(ModelFileError) {
        let bytes = try ReadableFile(path: path).bytes(at: 0, count: 4)
        let number = bytes.reversed().reduce(UInt32.zero) { $0 << 8 | UInt32($1) }
        guard bytes.count == 4, kind.magicNumbers.contains(Int32(bitPattern: number)) else {
            throw ModelFileError(
                path: path, problem: "is no \(kind == .transducer ? "FST" : "FAR") of OpenFst; fetch it again")
        }
    }
}
