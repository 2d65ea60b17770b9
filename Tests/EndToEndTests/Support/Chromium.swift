import Foundation
import Testing

/// The browser of the page's tests.
enum Chromium {
    /// Why tests that need it are skipped.
    static let advice: Comment = "chromium is not installed: make setup"
    /// Whether it is there.
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium") }
}
