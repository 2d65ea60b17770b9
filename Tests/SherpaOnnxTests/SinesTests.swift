import CSines
import Foundation
import TestSupport
import Testing

#if os(Linux)
    /// The sine function that sherpa-onnx uses.
    @Suite struct SinesTests {
        private typealias Sincos =
            @convention(c) (Double, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?) -> Void

        @Test func sinesEqualTheLibrarysBitForBit() throws {
            let address = try #require(dlsym(dlopen("libm.so.6", RTLD_NOW), "sincos"))
            let computed = unsafeBitCast(address, to: Sincos.self)
            var random = SeededGenerator(seed: 1)
            let special = [
                0, -0.0, .pi, -.pi, .infinity, -.infinity, .nan, Double(bitPattern: .max), 1e300,
                .leastNonzeroMagnitude,
            ]
            let fractions = (0..<400).map { 2 * Double.pi * Double($0) / 400 }
            let angles = special + fractions + (0..<20_000).map { _ in .random(in: -1e4...1e4, using: &random) }
            for _ in 1...2 {
                for angle in angles {
                    #expect(Self.bits(of: csines_sincos, angle) == Self.bits(of: computed, angle), "\(angle)")
                }
            }
        }

        @Test func anAngleIsComputedOnce() {
            let angles = (0..<1000).map { Double($0) / 7 }
            for angle in angles { _ = Self.bits(of: csines_sincos, angle) }
            let before = csines_misses()
            for angle in angles { _ = Self.bits(of: csines_sincos, angle) }
            // Two angles may share a slot in the table.
            #expect(csines_misses() - before < 200)
        }

        private static func bits(of function: Sincos, _ angle: Double) -> [UInt64] {
            var (sine, cosine) = (0.0, 0.0)
            function(angle, &sine, &cosine)
            return [sine.bitPattern, cosine.bitPattern]
        }
    }
#endif
