import Foundation

extension Data {
    /// An ONNX file (onnx.proto, `ModelProto`): an IR version, a graph of some bytes, and properties.
    static func onnx(properties: [String: String], graph: Int = 300) -> Data {
        var file = Data([0x08, 0x07])
        file.append(field: 7, Data(count: graph))
        for (key, value) in properties.sorted(by: { $0.key < $1.key }) {
            var property = Data()
            property.append(field: 1, Data(key.utf8))
            property.append(field: 2, Data(value.utf8))
            file.append(field: 14, property)
        }
        return file
    }

    /// Adds a field of a protobuf message that has a length.
    mutating func append(field: Int, _ content: Data) {
        append(varint: field << 3 | 2)
        append(varint: content.count)
        append(content)
    }

    private mutating func append(varint number: Int) {
        var rest = number
        while rest > 0x7F {
            append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
