import Essentials
import Testing

struct ClampedTests {
    @Test(arguments: [
        (Int64(1), Int64(2), Int64(3)), (.max, 1, .max), (.max, .max, .max), (.min, -1, .min), (.min, .max, -1),
        (.max - 1, 1, .max), (-1, .min, .min),
    ])
    func anOverflowingSumIsClamped(first: Int64, second: Int64, sum: Int64) {
        #expect(first.addingClamped(second) == sum)
    }

    @Test(arguments: [
        (Int64(3), Int64(-2), Int64(-6)), (.max, 2, .max), (.max, -2, .min), (.min, 2, .min), (.min, -1, .max),
        (1 << 61, 3, 6_917_529_027_641_081_856), (1 << 62, 3, .max),
    ])
    func anOverflowingProductIsClamped(first: Int64, second: Int64, product: Int64) {
        #expect(first.multipliedClamped(by: second) == product)
    }

    @Test func unsignedNumbersAreClamped() {
        #expect(UInt64.max.multipliedClamped(by: 4096) == .max)
        #expect(UInt64.max.addingClamped(1) == .max)
    }

    @Test(arguments: [
        (1.9, 1), (-1.9, -1), (1e300, Int.max), (-1e300, .min), (.infinity, .max), (-.infinity, .min), (.nan, 0),
        (9_223_372_036_854_775_808, .max), (-9_223_372_036_854_775_808, .min),
    ])
    func aFloatingPointNumberIsClampedToAnInteger(number: Double, whole: Int) {
        #expect(Int(clamped: number) == whole)
    }

    @Test(arguments: [
        (1.5, Duration.milliseconds(1500)), (-2, .seconds(-2)), (1e300, .longest), (-1e300, .zero - .longest),
        (.infinity, .longest), (.nan, .zero), (1e19, .longest),
    ])
    func aTimeIsAtMostThirtyYears(seconds: Double, duration: Duration) {
        #expect(Duration.seconds(clamped: seconds) == duration)
    }
}
