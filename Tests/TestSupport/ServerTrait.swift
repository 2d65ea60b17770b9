public import Testing

/// Runs one server for all tests of a suite, available as `ServerProcess.shared()`.
public struct ServerTrait: SuiteTrait, TestScoping {
    let setup: ServerProcess.Setup

    /// For the test library.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withServer(setup) { server in
            try await ServerProcess.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == ServerTrait {
    /// One server for all tests of the suite.
    public static func server(_ registry: TestRegistry, _ arguments: String...) -> Self {
        Self(setup: ServerProcess.Setup(registry, arguments))
    }
}
