#if canImport(Darwin)
    import Foundation
#else
    @_spi(_Unicode) import Swift
#endif

extension String {
    /// In Unicode's normalization form C.
    ///
    /// On Linux, Foundation's would bring ICU along. The standard library compares texts in this form, and has no public
    /// name for it yet.
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
