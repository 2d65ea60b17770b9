// The part of Foundation that needs no ICU, which would make a program on Linux 36 MB larger, and the C library. macOS has
// both in Foundation, which is part of the system there.
#if canImport(FoundationEssentials)
    @_exported public import FoundationEssentials
    @_exported public import Glibc
#else
    @_exported public import Foundation
#endif
