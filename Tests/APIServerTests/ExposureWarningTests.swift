import NIOCore
import Testing

@testable import APIServer

@Suite struct ExposureWarningTests {
    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "fd00::1"])
    func anOpenServerOnANetworkCausesAWarning(address: String) throws {
        let address = try SocketAddress(ipAddress: address, port: 8000)
        let text = try #require(address.exposureWarning(hasKeys: false))
        for part in [address.ipAddress ?? "?", "--api-key", "--api-key-file", "--host"] { #expect(text.contains(part)) }
        #expect(address.exposureWarning(hasKeys: true) == nil)
    }

    @Test(arguments: ["127.0.0.1", "127.0.1.1", "::1"])
    func aLoopbackServerCausesNoWarning(address: String) throws {
        #expect(
            try SocketAddress(ipAddress: address, port: 1).exposureWarning(hasKeys: false) == nil)
    }
}
