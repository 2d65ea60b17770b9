import Essentials
package import SpeechTypes

/// The request in the first frame of a connection to an engine.
package enum EngineRequest: Codable, Sendable, Equatable {
    /// Transcribe a recording. Closing the connection cancels the work.
    case transcribe(TranscriptionJob)
    /// Hear a live session: its audio follows in frames of the kind `bytes`, its commands as messages (`LiveCommand`).
    /// Closing the connection cancels the work.
    case live(LiveStart)
    /// Report the state of the decode lanes.
    case load
}

/// A reply of an engine, in a frame of its own.
package enum EngineReply: Codable, Sendable, Equatable {
    /// Events that occurred together, in order.
    case events([TranscriptEvent])
    /// The next event of a live session.
    case live(LiveEvent)
    /// The last reply: why the recording was not transcribed, or the session cannot go on.
    case failed(TranscriptionError)
    /// The last reply: the state of the decode lanes.
    case load(LaneLoad)

    /// Encodes the reply.
    ///
    /// - Throws: `TranscriptionError` if JSON cannot express it: a model with damaged weights may yield probabilities
    ///   that are infinite or not a number.
    package func frame() throws(TranscriptionError) -> Frame {
        do {
            return try Frame(message: self)
        } catch EncodingError.invalidValue(let value, let context) {
            let field = context.codingPath.last.map { " of \($0.stringValue)" } ?? ""
            throw TranscriptionError(
                .recognitionFailed,
                "The model's result cannot be encoded, since the value\(field) is \(value). Check the model's files.")
        } catch {
            throw TranscriptionError(.recognitionFailed, "The model's result cannot be encoded: \(error)")
        }
    }

    /// The reply with every value in range: times between the start of the recording and `Duration.longest`, ends not
    /// before starts, counts at least 0, and reasons safe to print. Sums of such times do not overflow.
    package var bounded: EngineReply {
        switch self {
        case .events(let events): .events(events.map(\.bounded))
        case .live(let event): .live(event.bounded)
        case .load(let load):
            .load(
                LaneLoad(
                    lanes: load.lanes.bounded, busy: load.busy.bounded, waiting: load.waiting.bounded,
                    decoded: load.decoded.bounded))
        case .failed(let error): .failed(TranscriptionError(error.code, error.message.printable))
        }
    }
}

extension TranscriptEvent {
    fileprivate var bounded: TranscriptEvent {
        switch self {
        case .segment(let segment): return .segment(segment.bounded)
        case .length(let length): return .length(length.bounded)
        case .working: return self
        case .done(var summary):
            summary.duration = summary.duration.bounded
            summary.damagedPackets = summary.damagedPackets.bounded
            summary.laneWait = summary.laneWait?.bounded
            return .done(summary)
        }
    }
}

extension LiveEvent {
    fileprivate var bounded: LiveEvent {
        switch self {
        case .ready, .commitRefused, .cleared, .working, .finished: self
        case .heard(let end): .heard(upTo: end.bounded)
        case .turnBegan(let turn, let start, let bySpeech):
            .turnBegan(turn: turn.bounded, at: start.bounded, bySpeech: bySpeech)
        case .speechStopped(let turn, let end): .speechStopped(turn: turn.bounded, at: end.bounded)
        case .committed(let turn, let audio, let byClient):
            .committed(
                turn: turn.bounded,
                audio: audio.lowerBound.bounded..<max(audio.lowerBound.bounded, audio.upperBound.bounded),
                byClient: byClient)
        case .dropped(let turn): .dropped(turn: turn.bounded)
        case .look(let turn, let text): .look(turn: turn.bounded, text: text)
        case .piece(let turn, let segments, let end):
            .piece(turn: turn.bounded, segments: segments.map(\.bounded), upTo: end.bounded)
        case .completed(let turn, let language): .completed(turn: turn.bounded, language: language)
        case .failed(let turn, let error):
            .failed(turn: turn.bounded, error: TranscriptionError(error.code, error.message.printable))
        }
    }
}

extension Transcript.Segment {
    fileprivate var bounded: Transcript.Segment {
        let start = start.bounded
        return Transcript.Segment(
            start: start, end: max(start, end.bounded), text: text,
            tokens: tokens.map { token in
                Token(
                    text: token.text, start: token.start?.bounded, duration: token.duration?.bounded,
                    logProbability: token.logProbability)
            },
            speech: speech.map { $0.lowerBound.bounded..<$0.upperBound.bounded }, language: language)
    }
}

extension Duration {
    fileprivate var bounded: Duration { min(max(self, .zero), .longest) }
}

extension Int {
    fileprivate var bounded: Int { Swift.min(Swift.max(self, 0), 1 << 48) }
}
