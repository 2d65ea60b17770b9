/// Splits audio that arrives in pieces of any size into windows of one size.
public struct FrameChunker: Sendable {
    private let size: Int
    /// Audio that does not fill a window yet.
    public private(set) var rest: [Float] = []

    /// Makes windows of `size` samples.
    public init(size: Int) {
        self.size = size
    }

    /// Adds audio.
    ///
    /// - Returns: The windows that are complete, in order.
    public mutating func receive(_ sound: [Float]) -> [ArraySlice<Float>] {
        rest += sound
        let complete = rest.count / size
        let windows = (0..<complete).map { rest[$0 * size..<($0 + 1) * size] }
        rest.removeFirst(complete * size)
        return windows
    }
}
