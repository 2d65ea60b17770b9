import Essentials

/// The level of a stretch of sound, in decibels relative to full scale: 0 is the maximum.
public struct SoundLevel: Sendable, Equatable {
    /// The lowest level that is shown.
    public static let floor = -60.0

    /// The root mean square in dBFS (AES17: relative to full scale), not below `floor`.
    public let decibels: Double

    /// Measures samples of full scale −1…1.
    public init(of samples: [Float]) {
        let power = samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(1, samples.count))
        decibels = power > 0 ? max(Self.floor, 10 * log10(power)) : Self.floor
    }

    /// The level as a share of a meter's length, 0…1.
    public var share: Double { 1 - decibels / Self.floor }
}
