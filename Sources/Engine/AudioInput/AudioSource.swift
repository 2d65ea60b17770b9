/// Decodes a file to mono samples at 16 kHz.
protocol AudioSource: AnyObject {
    /// The length that the header declares, if it is credible.
    var declaredDuration: Duration? { get }

    /// How many damaged packets were skipped.
    var damagedPackets: Int { get }

    /// Appends some of the next samples, possibly none.
    ///
    /// - Returns: Whether there may be more.
    func decode(into samples: inout [Float]) throws(AudioDecodeFailure) -> Bool
}
