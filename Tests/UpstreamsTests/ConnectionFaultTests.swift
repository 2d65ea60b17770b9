import Concurrency
import Essentials
import NIOCore
import Testing

@testable import ModelStore
@testable import Upstreams

struct ConnectionFaultTests {
    /// One that hangs up may have died of the recording, and one that is gone may not.
    @Test func aServerThatIsGoneIsToldFromOneThatHangsUp() throws {
        let server = UpstreamServer(
            url: try #require(URL(string: "http://127.0.0.1:9/v1")), model: "m", key: nil, authority: nil)
        let client = UpstreamClient(
            server, timeout: .seconds(60), keys: UpstreamKeys(environment: [:]), proxies: .none,
            on: EventLoopExecutor().eventLoop)
        for code in [ECONNRESET, EPIPE] {
            #expect(client.fault(IOError(errnoCode: code, reason: "read")) == .hungUp)
        }
        #expect(
            client.fault(IOError(errnoCode: ETIMEDOUT, reason: "read"))
                == .unavailable(reason: "it is gone without a word", retryAfter: nil))
    }
}
