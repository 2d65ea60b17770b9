import Essentials
import Logging
import ModelStore
import Synchronization

extension UpstreamModel {
    /// Asks each server from time to time how it is and what its model can do, until it is cancelled.
    func watch() async {
        await withDiscardingTaskGroup { group in
            for index in clients.indices {
                group.addTask {
                    while !Task.isCancelled {
                        await self.ask(index)
                        let asked = ContinuousClock.now
                        repeat {
                            guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
                        } while !self.isDue(index, askedAt: asked)
                    }
                }
            }
        }
    }

    /// How often a server that answers is asked.
    private static let interval = Duration.seconds(60)
    /// How long it may take to answer.
    private static let patience = Duration.seconds(10)

    private func isDue(_ index: Int, askedAt asked: ContinuousClock.Instant) -> Bool {
        choice.withLock { choice in
            if choice.fault(of: index) != nil { return !choice.isResting(index, at: .now) }
            return ContinuousClock.now - asked >= Self.interval
        }
    }

    /// Asks a server about its model. Whatever it answers, it can be reached.
    private func ask(_ index: Int) async {
        let client = clients[index]
        do {
            let capabilities = try await client.describeModel(within: Self.patience)
            if let capabilities { discovered.withLock { $0[index] = capabilities } }
            noteAnswer(of: index) { $0.greet(index, at: .now) }
            guard capabilities == nil else { return }
            logger.debug(
                "An upstream does not describe its model.",
                metadata: ["model": "\(entry.name)", "upstream": "\(client.server.address)"])
        } catch let fault as UpstreamFault {
            let rest: UpstreamChoice.Rest
            var pause: Duration?
            switch fault {
            case .full, .refused: return noteAnswer(of: index) { $0.greet(index, at: .now) }
            case .unavailable(let words, let asked): (rest, pause) = (.down(reason: words), asked)
            case .hungUp: rest = .down(reason: "it hung up without an answer")
            case .misconfigured(let words, _):
                (rest, pause) = (.misconfigured(reason: words), UpstreamChoice.longestPause)
            case .final: rest = .down(reason: "it does not answer")
            }
            let wasUp = choice.withLock { choice in
                defer { choice.rest(index, rest, after: pause, seenBy: .watch, at: .now) }
                return choice.isUp(index) != false
            }
            guard wasUp else { return }
            logger.warning(
                "An upstream cannot be used.",
                metadata: [
                    "model": "\(entry.name)", "upstream": "\(client.server.address)", "reason": "\(rest.fault ?? "")",
                ])
        } catch {
            // Cancelled.
        }
    }
}
