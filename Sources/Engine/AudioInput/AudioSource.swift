/// A file on its way to mono samples at 16 kHz.
protocol AudioSource: AnyObject {
    /// What the header declares, if it is credible.
    var declaredDuration: Duration? { get }

    /// Packets that were damaged and left out.
    var damagedPackets: Int { get }

    /// Appends some of the next samples; it may be none.
    ///
    /// - Returns: Whether there may be more.
    func decode(into samples: inout [Float]) throws(AudioDecodeFailure) -> Bool
}
