#if os(Linux)
    import CSines
    import Foundation
    import TestSupport
    import Testing

    /// The sines that sherpa-onnx is given.
    @Suite struct SinesTests {
        @Test func theyAreTheLibrarysBitByBit() {
            var random = SeededGenerator(seed: 1)
            let special = [0, -0.0, .pi, -.pi, .infinity, -.infinity, .nan, 1e300, .leastNonzeroMagnitude]
            let fractions = (0..<400).map { 2 * Double.pi * Double($0) / 400 }
            let angles = special + fractions + (0..<20_000).map { _ in .random(in: -1e4...1e4, using: &random) }
            for _ in 1...2 {
                for angle in angles {
                    let (found, right) = (Self.remembered(angle), Self.computed(angle))
                    #expect(found == right, "\(angle)")
                }
            }
        }

        @Test func anAngleIsAskedForOnce() {
            let angles = (0..<1000).map { Double($0) / 7 }
            for angle in angles { _ = Self.remembered(angle) }
            let before = csines_misses()
            for angle in angles { _ = Self.remembered(angle) }
            // Two angles may share a place in the table.
            #expect(csines_misses() - before < 200)
        }

        private static func remembered(_ angle: Double) -> [UInt64] { bits(of: csines_sincos, angle) }

        private static func computed(_ angle: Double) -> [UInt64] { bits(of: Foundation.sincos, angle) }

        private static func bits(
            of function: (Double, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void, _ angle: Double
        ) -> [UInt64] {
            var (sine, cosine) = (0.0, 0.0)
            function(angle, &sine, &cosine)
            return [sine.bitPattern, cosine.bitPattern]
        }
    }
#endif
