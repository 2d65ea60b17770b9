/// The window of the voice activity model.
package enum SpeechWindow {
    /// Its samples at 16 kHz; the model takes no other number (Tests/Fixtures/VERIFY.md).
    package static let samples = 512
}

/// Splits audio that arrives in pieces of any size into windows of one size.
package struct FrameChunker: Sendable {
    private let size: Int
    /// Audio that does not fill a window yet.
    package private(set) var rest: [Float] = []

    package init(size: Int) {
        self.size = size
    }

    /// Adds audio, and returns the windows that are complete, in order.
    package mutating func receive(_ sound: [Float]) -> [ArraySlice<Float>] {
        rest += sound
        let complete = rest.count / size
        let windows = (0..<complete).map { rest[$0 * size..<($0 + 1) * size] }
        rest.removeFirst(complete * size)
        return windows
    }
}
