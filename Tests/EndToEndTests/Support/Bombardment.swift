import Foundation
import TestSupport
import Testing

/// Sends numbered requests to a server over several persistent connections at once, and counts the responses.
struct Bombardment {
    /// The number of samples, multiplied by `ASR2CLIP_FUZZ_SCALE`: 1 in `make test`, more in a soak test.
    let samples: Int
    /// The number of concurrent connections.
    private static let connections = 6

    init(samples: Int) {
        let scale = ProcessInfo.processInfo.environment["ASR2CLIP_FUZZ_SCALE"].flatMap { Int($0) } ?? 1
        self.samples = samples * max(1, scale)
    }

    /// The number of responses for each status.
    struct Tally: Sendable {
        var statuses: [UInt: Int] = [:]
        var connects = 0

        /// For the test's record.
        var description: String {
            statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
                + "\nconnections made: \(connects)\n"
        }
    }

    /// Sends all samples.
    ///
    /// - Parameters:
    ///   - server: The server.
    ///   - sample: Returns the body for a number: always the same for the same number.
    /// - Returns: The counts. A 5xx or a missing response is recorded as an issue with its sample's number.
    func strike(
        _ server: ServerProcess, _ sample: @escaping @Sendable (Int) -> (contentType: String, body: [UInt8])
    ) async -> Tally {
        await withTaskGroup(of: Tally.self) { group in
            for first in 0..<Self.connections {
                group.addTask { await strike(server, beginningWith: first, sample) }
            }
            return await group.reduce(into: Tally()) { sum, part in
                sum.statuses.merge(part.statuses, uniquingKeysWith: +)
                sum.connects += part.connects
            }
        }
    }

    private func strike(
        _ server: ServerProcess, beginningWith first: Int,
        _ sample: @Sendable (Int) -> (contentType: String, body: [UInt8])
    ) async -> Tally {
        let connection = FormConnection(port: server.port)
        var tally = Tally()
        for number in stride(from: first, to: samples, by: Self.connections) {
            let (contentType, body) = sample(number)
            do {
                let reply = try await connection.post(
                    APIClient.transcriptions, contentType: contentType, body: body)
                tally.statuses[reply.status, default: 0] += 1
                if !(200..<500).contains(reply.status) {
                    Issue.record("Sample \(number) of \(body.count) bytes was answered \(reply.status): \(reply.body)")
                }
            } catch {
                Issue.record("Sample \(number) of \(body.count) bytes was not answered: \(error)")
            }
        }
        tally.connects = await connection.connects
        return tally
    }
}
