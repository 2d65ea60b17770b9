// The C library, and the part of Foundation that does not need ICU, which would make a program on Linux 36 MB larger.
// On macOS, Foundation includes both and is part of the system.
#if canImport(FoundationEssentials)
    @_exported public import FoundationEssentials
    @_exported public import Glibc
#else
    @_exported public import Foundation
#endif
