import Essentials
import Testing

struct HumanFormatTests {
    @Test(arguments: [(0, "0 requests"), (1, "1 request"), (2, "2 requests"), (-1, "-1 requests")])
    func oneIsSingular(number: Int, words: String) {
        #expect(HumanFormat.count(number, "request") == words)
    }

    @Test(arguments: [(7200.0, "7200"), (0.5, "0.5"), (-1, "-1"), (1e300, "1e+300"), (.nan, "nan")])
    func aWholeNumberHasNoDecimalPoint(number: Double, words: String) {
        #expect(HumanFormat.number(number) == words)
    }

    @Test(arguments: [
        (Duration.zero, "0 s"), (.milliseconds(50), "50 ms"), (.microseconds(10), "0 s"), (.milliseconds(99), "99 ms"),
        (.milliseconds(100), "0.1 s"), (.milliseconds(200), "0.2 s"), (.seconds(1), "1 s"),
        (.milliseconds(1500), "1.5 s"),
        (.milliseconds(9940), "9.9 s"), (.milliseconds(9960), "10 s"), (.milliseconds(45_700), "45 s"),
        (.seconds(60), "1 min"), (.seconds(303), "5 min 3 s"), (.seconds(21_600), "6 h"),
        (.seconds(7800), "2 h 10 min"),
        (.seconds(-5), "0 s"), (.longest, "262800 h"), (.seconds(Int64.max), "2562047788015215 h 30 min"),
    ])
    func timeIsInWords(time: Duration, words: String) {
        #expect(HumanFormat.time(time) == words)
    }

    @Test(arguments: [
        (Duration.seconds(7), "0:07"), (.seconds(750), "12:30"), (.seconds(3723), "1:02:03"), (.seconds(-1), "0:00"),
        (.seconds(Int64.max), "2562047788015215:30:07"),
    ])
    func timeIsShownAsOnAClock(time: Duration, words: String) {
        #expect(HumanFormat.clock(time) == words)
    }

    @Test(arguments: [
        ("0", Duration?.some(.zero)), ("1.5h", .seconds(5400)), ("946080000", .longest), ("15768000m", .longest),
        ("262800h", .longest), ("946080001", nil), ("15768001m", nil), ("262801h", nil), ("999999999h", nil),
        ("99999999999d", nil), ("1e300", nil), ("1e308h", nil), ("inf", nil), ("nanh", nil), ("-1", nil), ("h", nil),
    ])
    func timeIsReadUpToThirtyYears(text: String, duration: Duration?) {
        #expect(HumanFormat.duration(text) == duration)
    }

    @Test(arguments: [
        (Int64(0), "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_950, "10 kB"), (652_869, "653 kB"),
        (999_499, "999 kB"), (999_500, "1.0 MB"), (228_000_000, "228 MB"), (1_024_000_000, "1.0 GB"),
        (5_000_000_000_000, "5.0 TB"), (.max, "9223372 TB"),
    ])
    func bytesAreInWords(bytes: Int64, words: String) {
        #expect(HumanFormat.bytes(bytes) == words)
    }
}
