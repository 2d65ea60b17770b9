/// Divides sound that comes in pieces of any size into windows of one size.
public struct FrameChunker: Sendable {
    private let size: Int
    /// Sound that makes no whole window yet.
    public private(set) var rest: [Float] = []

    /// Makes windows of so many samples.
    public init(size: Int) {
        self.size = size
    }

    /// Takes the next sound.
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
