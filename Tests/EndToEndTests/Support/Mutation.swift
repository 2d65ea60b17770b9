/// A kind of damage to bytes, as caused by disks, networks and attackers.
enum Mutation: CaseIterable {
    case flipBit, overwrite, remove, repeatStretch, cutOff, splice, length

    /// Wrong values for length fields.
    private static let lengths: [UInt32] = [
        0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF,
    ]

    /// Damages some bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes to damage.
    ///   - range: The range in which the damage starts.
    ///   - other: The source of a splice.
    ///   - generator: Makes all random choices.
    func apply(
        to bytes: inout [UInt8], beginningIn range: Range<Int>, splicing other: [UInt8],
        using generator: inout some RandomNumberGenerator
    ) {
        let range = range.clamped(to: 0..<bytes.count)
        guard let start = range.randomElement(using: &generator) else { return }
        let length = Int.random(in: 1...64, using: &generator)
        let end = min(bytes.count, start + length)
        switch self {
        case .flipBit: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case .overwrite: for index in start..<end { bytes[index] = .random(in: 0...255, using: &generator) }
        case .remove: bytes.removeSubrange(start..<end)
        case .repeatStretch: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case .cutOff: bytes.removeSubrange(start...)
        case .splice:
            guard let first = other.indices.randomElement(using: &generator) else { return }
            bytes.replaceSubrange(start..<end, with: other[first..<min(other.count, first + length)])
        case .length:
            let number = Self.lengths.randomElement(using: &generator) ?? 0
            let isBigEndian = Bool.random(using: &generator)
            let width = [1, 2, 4].randomElement(using: &generator) ?? 4
            for index in 0..<width where start + index < bytes.count {
                let shift = 8 * (isBigEndian ? width - 1 - index : index)
                bytes[start + index] = UInt8(truncatingIfNeeded: number >> UInt32(shift))
            }
        }
    }
}

extension [UInt8] {
    /// A damaged copy. Half of the damage is near the start, where headers are.
    func damaged(
        times: Int, splicing other: [UInt8], using generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var copy = self
        for _ in 0..<times {
            let mutation = Mutation.allCases.randomElement(using: &generator) ?? .flipBit
            let isEarly = Bool.random(using: &generator)
            mutation.apply(
                to: &copy, beginningIn: 0..<(isEarly ? Swift.min(200, copy.count) : copy.count), splicing: other,
                using: &generator)
        }
        return copy
    }
}
