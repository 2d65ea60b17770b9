import Foundation
import TestSupport
import Testing

/// The nginx that set-up unpacks into .deps. Tests/Client/nginx.py runs it.
enum Nginx {
    /// Why tests that need it are skipped.
    static let advice: Comment = "nginx is not in .deps: make setup"
    /// Whether it is there.
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: Fixtures.path(".deps/nginx/usr/sbin/nginx"))
    }
}
