import Testing

@testable import CommandLineTool

@Suite struct QuantityTests {
    @Test(arguments: [
        ("1", 1), ("1048576", 1_048_576), ("500M", 500 << 20), ("2G", 2 << 30), ("2g", 2 << 30), ("3K", 3 << 10),
        ("1T", 1 << 40), ("1KB", 1 << 10), ("1KiB", 1 << 10), ("10MiB", 10 << 20), ("100B", 100),
    ])
    func bytesAreReadWithUnits(text: String, bytes: Int) {
        #expect(ByteCount(argument: text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "0", "-1", "G", "B", "iB", "1.5G", "1 G", "1X", "ten", "0x10", "9223372036854775808", "8388608T",
    ])
    func otherTextsAreNoNumberOfBytes(text: String) {
        #expect(ByteCount(argument: text) == nil)
    }

    @Test(arguments: [
        ("90", Duration.seconds(90)), ("90s", .seconds(90)), ("30m", .seconds(1_800)), ("6h", .seconds(21_600)),
        ("1.5h", .seconds(5_400)), ("0.5", .milliseconds(500)), ("1e3", .seconds(1_000)),
    ])
    func timeIsReadWithUnits(text: String, duration: Duration) {
        #expect(TimeSpan(argument: text)?.duration == duration)
    }

    @Test(arguments: [
        "", "0", "-1", "s", "h", "1d", "1 h", "nan", "inf", "1e9", "999999999h", "99999999999d", "1:30", "soon",
    ])
    func otherTextsAreNoTime(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }
}
