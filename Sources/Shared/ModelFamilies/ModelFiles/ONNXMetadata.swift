import Essentials

/// The `metadata_props` of an ONNX model file.
///
/// Reads only the top level of the protobuf `ModelProto` (onnx.proto: field 7 is the graph, field 14 the properties,
/// each a message of key 1 and value 2) and skips the rest by its length, so a file of any size takes a few reads.
package struct ONNXMetadata: Sendable, Equatable {
    package private(set) var properties: [String: String] = [:]
    /// Whether this is ONNX Runtime's `.ort` format, a FlatBuffer whose properties are not read here.
    private(set) var isORT = false

    /// Reads a file, and so checks that it is complete.
    init(path: String) throws(ModelFileError) {
        do {
            let file = try ReadableFile(path: path)
            try read(file, size: file.size())
        } catch {
            throw ModelFileError(path: path, problem: error.problem)
        }
    }

    func require(_ keys: [String], of family: ModelFamily, path: String) throws(ModelFileError) {
        guard !isORT, let missing = keys.first(where: { properties[$0] == nil }) else { return }
        throw ModelFileError(
            path: path,
            problem: "has no '\(missing)' in its metadata, which sherpa-onnx needs of a \(family.rawValue) model; "
                + "check the type, or export the model anew")
    }

    /// Checks that the file has one of the properties.
    ///
    /// - Throws: `ModelFileError`, which names them.
    func requireOne(of keys: [String], of family: ModelFamily, path: String) throws(ModelFileError) {
        guard !isORT, !keys.isEmpty, !keys.contains(where: { properties[$0] != nil }) else { return }
        let names = keys.map { "'\($0)'" }.joined(separator: ", ")
        throw ModelFileError(
            path: path,
            problem:
                "has none of \(names) in its metadata, one of which sherpa-onnx needs of a \(family.rawValue) model; "
                + "check the type, or export the model anew")
    }

    /// Checks that properties are whole numbers above zero.
    ///
    /// - Throws: `ModelFileError`, which names the first that is not.
    func requirePositive(_ keys: [String], path: String) throws(ModelFileError) {
        for key in keys {
            guard let value = properties[key], Int32(value).map({ $0 > 0 }) != true else { continue }
            throw ModelFileError(
                path: path,
                problem:
                    "has '\(value)' for '\(key)' in its metadata, where a number above zero belongs; fetch it again, "
                    + "or export the model anew")
        }
    }

    /// Checks that the properties are not those of another kind of model.
    func refuse(typesBut types: [String]?, keys: [String], of family: ModelFamily, path: String) throws(ModelFileError)
    {
        if let types, let type = properties["model_type"], !types.contains(type) {
            let known = types.isEmpty ? "none" : types.joined(separator: ", ")
            throw ModelFileError(
                path: path,
                problem: "has the model_type '\(type)' in its metadata, where a \(family.rawValue) model has \(known); "
                    + "check the type")
        }
        if let key = keys.first(where: { properties[$0] != nil }) {
            throw ModelFileError(
                path: path,
                problem: "has a '\(key)' in its metadata, as models for streaming do; write the type "
                    + "streaming_\(family.rawValue), or take the model for whole recordings")
        }
    }

    private mutating func read(_ file: borrowing ReadableFile, size: Int) throws(ModelFileError) {
        guard size > 0 else { throw ModelFileError(problem: "is empty") }
        if try file.bytes(at: 4, count: 4) == Array("ORTM".utf8) {
            isORT = true
            return
        }
        var hasGraph = false
        var position = 0
        while position < size {
            let tag = try file.varint(&position)
            // No field has the number 0 (protobuf.dev, Encoding), so a file of zeros is rejected at once, however long
            // it is.
            guard tag >> 3 > 0 else { throw ModelFileError(problem: "is not an ONNX model") }
            switch tag & 7 {
            case 0: _ = try file.varint(&position)
            case 1: position += 8
            case 2:
                let length = try file.varint(&position)
                guard length <= size - position else {
                    throw ModelFileError(
                        problem: "is truncated: it has \(HumanFormat.count(size, "byte")) and should have at least "
                            + "\(position.addingClamped(length)); fetch it again")
                }
                if tag >> 3 == 7 { hasGraph = true }
                if tag >> 3 == 14 { try readProperty(file, at: position, length: length) }
                position += length
            case 5: position += 4
            default: throw ModelFileError(problem: "is not an ONNX model")
            }
        }
        guard hasGraph, position == size else {
            throw ModelFileError(problem: "is not an ONNX model, or is truncated; fetch it again")
        }
    }

    /// The most bytes of a property's key or value: real ones have some thousands.
    private static let longestText = 16 << 20

    private mutating func readProperty(
        _ file: borrowing ReadableFile, at start: Int, length: Int
    ) throws(ModelFileError) {
        var position = start
        var texts: [Int: String] = [:]
        while position < start + length {
            let tag = try file.varint(&position)
            let count = try file.varint(&position)
            guard tag & 7 == 2, count <= min(start + length - position, Self.longestText) else {
                throw ModelFileError(problem: "has malformed metadata")
            }
            texts[tag >> 3] = String(decoding: try file.bytes(at: position, count: count), as: UTF8.self)
            position += count
        }
        if let key = texts[1] { properties[key] = texts[2] ?? "" }
    }
}

extension ReadableFile {
    /// Reads a base-128 number (protobuf.dev, Encoding), and moves the position past it.
    fileprivate func varint(_ position: inout Int) throws(ModelFileError) -> Int {
        var value: UInt64 = 0
        for (index, byte) in try bytes(at: position, count: 10).enumerated() {
            value |= UInt64(byte & 0x7F) << (7 * UInt64(index))
            guard byte & 0x80 != 0 else {
                position += index + 1
                guard let number = Int(exactly: value) else { break }
                return number
            }
        }
        throw ModelFileError(problem: "is not an ONNX model, or is truncated; fetch it again")
    }
}
