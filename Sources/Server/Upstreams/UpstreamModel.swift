import AsyncHTTPClient
import Essentials
import Logging
package import ModelStore
import NIOCore
import NIOHTTP1
import PrometheusMetrics
import Synchronization

/// A model on other servers: sends each request to the server with the fewest in hand, and to the next one if that cannot
/// take it. Requests keep it when an edit of models.yaml replaces it.
package final class UpstreamModel: Sendable {
    package let entry: UpstreamEntry
    let clients: [UpstreamClient]
    let choice: Mutex<UpstreamChoice>
    /// What each server says about the model.
    let discovered: Mutex<[UpstreamCapabilities?]>
    private let metrics: MetricRegistry
    let logger: Logger
    /// The id of this server in `UpstreamHops`.
    let id: String

    init(
        _ entry: UpstreamEntry, id: String, metrics: MetricRegistry, logger: Logger,
        client: (UpstreamServer) -> UpstreamClient
    ) {
        self.entry = entry
        self.id = id
        self.metrics = metrics
        self.logger = logger
        clients = entry.servers.map(client)
        choice = Mutex(UpstreamChoice(servers: entry.servers.count))
        discovered = Mutex(Array(repeating: nil, count: entry.servers.count))
    }

    /// Sends a recording.
    ///
    /// - Returns: The answer of the first server that takes it.
    /// - Throws: `UpstreamError`, or `CancellationError`.
    package func send(_ request: UpstreamRequest) async throws -> UpstreamAnswer {
        let hops = try request.hops.header(passing: id)
        return try await firstAnswer(mostHangUps: 2) { try await send(request, hops, to: $0, $1) }
    }

    /// Asks one server after the other, until one answers, or `mostHangUps` of them have hung up: a recording may be what
    /// kills servers. `ask` gets a server's index, and its lease.
    func firstAnswer<Answer>(
        mostHangUps: Int = .max, _ ask: (Int, UpstreamLease) async throws -> Answer
    ) async throws -> Answer {
        var tried: [Int: Refused] = [:]
        while let index = choice.withLock({ $0.next(besides: Set(tried.keys), at: .now) }) {
            let lease = lease(index)
            do {
                let answer = try await ask(index, lease)
                succeed(index)
                return answer
            } catch let fault as UpstreamFault {
                tried[index] = try note(fault, of: index, lease)
            }
            let gone = tried.filter { $0.value.kind == .hungUp }.keys.sorted()
            if gone.count >= mostHangUps {
                let list = gone.map { entry.servers[$0].address }.joined(separator: " and ")
                throw UpstreamError(.hungUp, "\(list) hung up without an answer, so no other server is asked.")
            }
        }
        throw outlook(tried)
    }

    /// Why a server did not take a request.
    private struct Refused {
        enum Kind: Equatable {
            case full, down, hungUp
            /// It is set up wrongly, at least for this request.
            case wrong
            /// It refuses this request, or each.
            case refused(UpstreamError)
        }

        var reason: String
        var kind: Kind
    }

    private func send(
        _ request: UpstreamRequest, _ hops: String, to index: Int, _ lease: UpstreamLease
    ) async throws -> UpstreamAnswer {
        let client = clients[index]
        let asked = request.asked(with: capabilities(of: index))
        let upload = MultipartUpload(request.form(for: client.server.model, asked), request.recording)
        let headers: HTTPHeaders = [
            "Content-Type": upload.contentType, "X-Request-ID": request.requestID, "\(UpstreamHops.header)": hops,
        ]
        let (response, key) = try await client.send(
            request.endpoint, method: .POST, headers: headers,
            body: .stream(upload, length: .known(upload.length)))
        if let fault = await fault(in: response, from: client, hiding: key) { throw fault }
        return UpstreamAnswer(response, to: asked, lease: lease, key: key)
    }

    /// What a response other than 200 means.
    private func fault(
        in response: HTTPClientResponse, from client: UpstreamClient, hiding key: String?
    ) async -> UpstreamFault? {
        let head = ResponseHead(
            status: Int(response.status.code),
            retryAfter: ResponseHead.seconds(of: response.headers.first(name: "retry-after")), hadKey: key != nil,
            model: client.server.model)
        var body = ByteBuffer()
        if (400..<500).contains(head.status) {
            body = (try? await response.body.collect(upTo: Self.longestReason)) ?? body
        }
        return head.fault(from: client.server.address, body: body.readableBytesView, hiding: key)
    }

    /// In bytes.
    private static let longestReason = 1 << 16

    /// Notes why a server did not answer; throws if no other one is to be asked.
    private func note(_ fault: UpstreamFault, of index: Int, _ lease: UpstreamLease) throws -> Refused {
        let refused: Refused
        switch fault {
        case .full(let pause):
            lease.end(.full)
            rest(index, .full, after: pause)
            return Refused(reason: "it is full", kind: .full)
        case .unavailable(let words, let pause):
            lease.end(.unavailable)
            rest(index, .down(reason: words), after: pause)
            refused = Refused(reason: words, kind: .down)
        case .hungUp:
            lease.end(.unavailable)
            choice.withLock { $0.hangUp(index, at: .now) }
            refused = Refused(reason: "it hung up without an answer", kind: .hungUp)
        case .refused(let error):
            lease.end(.refused)
            refused = Refused(reason: "it answers 403", kind: .refused(error))
        case .misconfigured(let words, let isCertain):
            lease.end(.misconfigured)
            if isCertain { rest(index, .misconfigured(reason: words), after: UpstreamChoice.longestPause) }
            refused = Refused(reason: words, kind: .wrong)
        case .final(let error):
            switch error.code {
            case .refused:
                lease.end(.refused)
                succeed(index)
            case .timedOut: lease.end(.timedOut)
            case .full, .unavailable, .misconfigured, .hungUp, .failed, .looping, .unreadable: lease.end(.failed)
            }
            throw error
        }
        logger.warning(
            "An upstream did not take a recording.",
            metadata: [
                "model": "\(entry.name)", "upstream": "\(entry.servers[index].address)", "reason": "\(refused.reason)",
            ])
        return refused
    }

    /// Why no server is left for a request, which tried some of them.
    private func outlook(_ tried: [Int: Refused]) -> UpstreamError {
        let refusals = tried.sorted { $0.key < $1.key }.compactMap { _, refused -> UpstreamError? in
            if case .refused(let error) = refused.kind { error } else { nil }
        }
        if let refusal = refusals.first, refusals.count == entry.servers.count { return refusal }
        let full = Set(tried.filter { $0.value.kind == .full }.keys)
        let wrong = Set(
            tried.filter { _, refused in
                switch refused.kind {
                case .wrong, .refused: true
                case .full, .down, .hungUp: false
                }
            }.keys)
        let (outlook, faults) = choice.withLock { choice in
            let faults = entry.servers.indices.map { tried[$0]?.reason ?? choice.fault(of: $0) ?? "it is full" }
            return (choice.outlook(full: full, wrong: wrong, at: .now), faults)
        }
        let list = zip(entry.servers, faults).map { "\($0.address) (\($1))" }.joined(separator: ", ")
        if outlook.isFull {
            let seconds = outlook.retryAfter.components.seconds
            return UpstreamError(
                .full, "The servers of the model '\(entry.name)' are full. Send this request again in \(seconds) s.",
                retryAfter: outlook.retryAfter)
        }
        if outlook.isMisconfigured {
            return UpstreamError(.misconfigured, "The model '\(entry.name)' is set up wrongly: \(list).")
        }
        return UpstreamError(
            .unavailable, "No server of the model '\(entry.name)' can be used now: \(list).",
            retryAfter: outlook.retryAfter)
    }

    private func lease(_ index: Int) -> UpstreamLease {
        UpstreamLease(entry.servers[index]) { [self] outcome in
            // Counted before it is released: once no request is in hand, all are counted.
            metrics.add(to: UpstreamMetrics.requests, entry.name, entry.servers[index].address, outcome.rawValue)
            choice.withLock { $0.release(index, outcome, at: .now) }
        }
    }

    private func succeed(_ index: Int) { noteAnswer(of: index) { $0.succeed(index) } }

    /// Notes a server's answer, and logs if it was down and is so no more.
    func noteAnswer(of index: Int, _ note: (inout UpstreamChoice) -> Void) {
        let isBack = choice.withLock { choice in
            let wasDown = choice.isUp(index) == false
            note(&choice)
            return wasDown && choice.isUp(index) == true
        }
        guard isBack else { return }
        logger.info(
            "An upstream answers again.",
            metadata: ["model": "\(entry.name)", "upstream": "\(entry.servers[index].address)"])
    }

    private func rest(_ index: Int, _ rest: UpstreamChoice.Rest, after pause: Duration?) {
        choice.withLock { $0.rest(index, rest, after: pause, at: .now) }
    }
}

extension UpstreamModel {
    /// What is known about a server's model: first from the entry, then from the server.
    private func capabilities(of index: Int) -> UpstreamCapabilities {
        entry.declared.or(discovered.withLock { $0[index] })
    }

    /// What is known about the model, whichever of its servers answers.
    package var capabilities: UpstreamCapabilities {
        let all = entry.servers.indices.map(capabilities)
        func common(_ ability: (UpstreamCapabilities) -> Bool?) -> Bool? {
            let known = Set(all.map(ability))
            return known.count == 1 ? known.first ?? nil : nil
        }
        let lists = all.compactMap(\.languages)
        var seen: Set<String> = []
        let languages = lists.flatMap { $0 }.filter { seen.insert($0.code).inserted }
        return UpstreamCapabilities(
            languages: lists.count == all.count ? languages : nil, translates: common(\.translates),
            streams: common(\.streams), writesSubtitles: common(\.writesSubtitles), isLive: common(\.isLive),
            takesHints: common(\.takesHints))
    }

    /// The state of the model: that of its best server.
    package enum State: Sendable, Equatable {
        /// No server has been asked yet.
        case unknown
        case up
        /// No server can be used; the reasons, with addresses.
        case down(reason: String)
    }

    package var state: State {
        choice.withLock { choice in
            let states = entry.servers.indices.map(choice.isUp)
            if states.contains(true) { return .up }
            if states.contains(nil) { return .unknown }
            let faults = zip(entry.servers, entry.servers.indices).map { server, index in
                "\(server.address) (\(choice.fault(of: index) ?? "no reason"))"
            }
            return .down(reason: faults.joined(separator: ", "))
        }
    }

    /// What each server is doing, by its address.
    var loads: [(upstream: String, inHand: Int, isUp: Bool)] {
        choice.withLock { choice in
            entry.servers.indices.map { index in
                (entry.servers[index].address, choice.inHand[index], choice.isUp(index) == true)
            }
        }
    }

}
