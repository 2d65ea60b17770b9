#if canImport(Darwin)
    import Foundation
#else
    @_spi(_Unicode) import Swift
#endif

extension String {
    /// The text in Unicode's normalization form C.
    ///
    /// On Linux, Foundation's implementation would link ICU. The standard library compares strings in this form, but
    /// has no public API for it yet.
    var composed: String {
        #if canImport(Darwin)
            precomposedStringWithCanonicalMapping
        #else
            var scalars = UnicodeScalarView()
            scalars.append(contentsOf: _nfc)
            return String(scalars)
        #endif
    }
}
