import CZlib

extension String {
    /// The compression ratio as in OpenAI's whisper: the bytes of the text divided by those of its zlib stream. Above
    /// 2.4 a text mostly repeats itself. Rounded to thousandths; 0 for an empty text.
    var compressionRatio: Double {
        let bytes = Array(utf8)
        guard !bytes.isEmpty else { return 0 }
        var length = compressBound(uLong(bytes.count))
        let status = withUnsafeTemporaryAllocation(of: Bytef.self, capacity: Int(length)) { target in
            compress(target.baseAddress, &length, bytes, uLong(bytes.count))
        }
        guard status == Z_OK, length > 0 else { return 0 }
        return (Double(bytes.count) / Double(length) * 1000).rounded() / 1000
    }
}
