import Essentials
import Testing

struct HexadecimalTests {
    @Test(arguments: [([], ""), ([0], "00"), ([9, 10, 15, 16, 255], "090a0f10ff")])
    func bytesHaveTwoLowerCaseDigitsEach(bytes: [UInt8], digits: String) {
        #expect(bytes.hexadecimal == digits)
    }

    @Test func everyByteReadsBack() {
        for byte in UInt8.min...UInt8.max { #expect(UInt8(CollectionOfOne(byte).hexadecimal, radix: 16) == byte) }
    }
}
