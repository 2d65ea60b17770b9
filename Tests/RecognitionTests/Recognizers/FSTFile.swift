import Foundation

extension Data {
    /// A transducer that converts small letters to capitals: one state with an arc for each byte, in OpenFst's `vector`
    /// format (fst/vector-fst.h).
    static var capitals: Data {
        var file = Data()
        func append(_ value: some FixedWidthInteger) {
            Swift.withUnsafeBytes(of: value.littleEndian) { file.append(contentsOf: $0) }
        }
        func append(_ text: String) {
            append(Int32(text.utf8.count))
            file.append(contentsOf: text.utf8)
        }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        append(Int32(2_125_659_606))
        append("vector")
        append("standard")
        append(Int32(2))  // version
        append(Int32(0))  // flags
        append(UInt64(0))  // properties, none known
        append(Int64(0))  // start
        append(Int64(1))  // states
        append(Int64(255))  // arcs
        append(Float(0).bitPattern)  // final weight
        append(Int64(255))
        for byte in UInt8(1)...255 {
            append(Int32(byte))
            append(Int32(letters.contains(byte) ? byte - 32 : byte))
            append(Float(0).bitPattern)
            append(Int32(0))
        }
        return file
    }
}
