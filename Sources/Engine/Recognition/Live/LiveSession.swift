import AudioInput
import Concurrency
import Essentials
import ModelFamilies
import SherpaOnnx
package import SpeechTypes

/// One live session: hears audio as it comes, and reports turns and their text.
///
/// All sessions hear on one thread, since the detector needs 18 s for an hour of audio; decoding runs on the lanes.
package actor LiveSession {
    /// What a session receives, in order.
    package enum Input: Sendable {
        /// Audio in the format of the settings; it may end within a sample.
        case audio([UInt8])
        /// A command.
        case command(LiveCommand)
    }

    private nonisolated let executor: QueueExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let decoder: LiveDecoder
    private let detectorModel: VoiceActivityModel
    private let report: @Sendable (LiveEvent) -> Void
    private var settings: LiveSettings
    private var converter: LiveAudioConverter
    /// `nil` if the voice activity model is not installed: then all audio counts as speech.
    private var detector: VoiceActivityDetector?
    private var windows = FrameChunker(size: SpeechWindow.samples)
    private var segmenter: TurnSegmenter
    /// Resolves after the texts of all pieces so far have been reported: pieces are reported in order.
    private var reported: Task<Void, Never>?
    private var early: (piece: TurnSegmenter.OpenPiece, decoding: LiveDecoder.Decoding)?
    private var look: Look?
    private var openPiece: OpenPieces.Mark?
    /// Pieces whose text has not been reported.
    private var unreported = 0
    private var failures: [Int: TranscriptionError] = [:]
    private var languages: [Int: Language] = [:]

    /// How many pieces of a session may be decoded before all other work.
    private static let mostLive = 2

    /// How much new audio a model for streaming gets at a time.
    private static let step = Duration.milliseconds(160)

    /// The provisional text of the open piece.
    private struct Look {
        var piece: (turn: Int, start: Int)
        /// What a model for streaming has heard of the piece; `nil` for a model that hears it anew with each look.
        var stream: OnlineStream?
        var agreement = LocalAgreement()
        /// The end of the audio that was last looked at.
        var end: Int
        var decoding: LiveDecoder.Decoding?
        var task: Task<Void, Never>?
        /// What was reported last.
        var text = ""
        var hasFailed = false

        func isOf(turn: Int, start: Int) -> Bool { piece == (turn, start) }
    }

    init(
        _ start: LiveStart, decoder: LiveDecoder, detector model: VoiceActivityModel, on executor: QueueExecutor,
        report: @escaping @Sendable (LiveEvent) -> Void
    ) throws(TranscriptionError) {
        self.executor = executor
        self.decoder = decoder
        self.report = report
        detectorModel = model
        settings = start.settings
        converter = try LiveAudioConverter(start.settings.format)
        detector = try Self.detector(model, for: start.settings)
        segmenter = TurnSegmenter(start, limits: decoder.limits(for: start.settings))
        report(.ready(unusedHints: decoder.unusedHints(of: start.settings)))
    }

    /// Processes the next input.
    ///
    /// - Returns: `false` after `finish`, once everything has been reported.
    /// - Throws: `TranscriptionError` if the audio cannot be converted, or the settings are not supported.
    package func receive(_ input: Input) async throws -> Bool {
        switch input {
        case .audio(let bytes): hear(converter.convert(bytes))
        case .command(.update(let settings)): try use(settings)
        case .command(.commit):
            // The client commits all that it has sent; the last samples may not fill a window.
            hearRest()
            if let actions = segmenter.commit() { carryOut(actions, byClient: true) } else { report(.commitRefused) }
        case .command(.clear):
            dropOpenPiece()
            segmenter.clear(windows.rest)
            windows = FrameChunker(size: SpeechWindow.samples)
            report(.cleared)
        case .command(.finish):
            hearRest()
            if let actions = segmenter.commit() { carryOut(actions, byClient: true) }
            await withTaskCancellationHandler {
                await reported?.value
            } onCancel: { [decoder] in
                decoder.cancelAll()
            }
            report(.finished)
            return false
        }
        report(.heard(upTo: segmenter.end + windows.rest.count))
        return true
    }

    /// Ends the session; its work is cancelled.
    package func cancel() {
        dropOpenPiece()
        decoder.cancelAll()
    }

    /// - Throws: `TranscriptionError` (`detectorUnavailable`) if turns are to be detected and there is no detector.
    private static func detector(
        _ model: VoiceActivityModel, for settings: LiveSettings
    ) throws(TranscriptionError) -> VoiceActivityDetector? {
        if settings.turnDetection != nil, let fault = model.fault {
            throw TranscriptionError(.detectorUnavailable, "Turns cannot be detected. \(fault)")
        }
        return try model.detector(
            threshold: settings.turnDetection?.threshold ?? LiveSettings.TurnDetection().threshold)
    }

    private func isSpeech(_ window: ArraySlice<Float>) -> Bool { detector?.isSpeech(window) ?? true }

    private func use(_ new: LiveSettings) throws(TranscriptionError) {
        try decoder.check(new)
        if new.format != settings.format { converter = try LiveAudioConverter(new.format) }
        if new.turnDetection?.threshold != settings.turnDetection?.threshold {
            detector = try Self.detector(detectorModel, for: new)
        }
        dropOpenPiece()
        settings = new
        let dropped = segmenter.use(new.turnDetection, limits: decoder.limits(for: new))
        if let dropped { report(.dropped(turn: dropped)) }
        report(.ready(unusedHints: decoder.unusedHints(of: new)))
    }

    private func hear(_ samples: [Float]) {
        for window in windows.receive(samples) {
            segmenter.limits = decoder.limits(for: settings)
            carryOut(segmenter.receive(window, isSpeech: isSpeech(window)))
            openPiece = segmenter.openPiece == nil ? nil : openPiece ?? decoder.markOpenPiece()
            lookAhead()
        }
    }

    /// Hears the samples that fill no window.
    private func hearRest() {
        let rest = windows.rest
        guard !rest.isEmpty else { return }
        windows = FrameChunker(size: SpeechWindow.samples)
        let silence = [Float](repeating: 0, count: SpeechWindow.samples - rest.count)
        carryOut(segmenter.receive(rest[...], isSpeech: isSpeech((rest + silence)[...])))
    }

    private func carryOut(_ actions: [TurnSegmenter.Action], byClient: Bool = false) {
        for action in actions {
            switch action {
            case .began(let turn, let position, let bySpeech):
                report(.turnBegan(turn: turn, at: position, bySpeech: bySpeech))
            case .stopped(let turn, let position): report(.speechStopped(turn: turn, at: position))
            case .committed(let turn, let audio):
                report(.committed(turn: turn, audio: audio, byClient: byClient))
            case .piece(let turn, let segment): finish(segment, of: turn)
            case .skipped(let turn, let end):
                inOrder { [report] in report(.piece(turn: turn, segments: [], upTo: end)) }
            case .ended(let turn):
                inOrder { [self] in await complete(turn) }
            }
        }
    }

    /// Decodes a piece, unless that has begun already, and reports its text after those before it.
    private func finish(_ segment: SpeechSegment, of turn: Int) {
        unreported += 1
        // A client that sends faster than anybody speaks waits for its text like a file.
        let priority: DecodePriority = unreported > Self.mostLive ? .background : .live
        let begun = takeEarly(for: segment) ?? takeStreamed(segment, of: turn, priority: priority)
        dropLook()
        let decoding = begun ?? decoder.decode(segment, settings: settings, priority: priority)
        let end = segment.offset + segment.audio.samples.count
        inOrder { [self] in
            do {
                let segments = try await decoding.segments()
                await note(segments.lazy.compactMap(\.language).first, of: turn)
                report(.piece(turn: turn, segments: segments, upTo: end))
            } catch let error as TranscriptionError {
                await fail(turn, error)
                report(.piece(turn: turn, segments: [], upTo: end))
            } catch {
                // The session has been cancelled.
            }
            await pieceWasReported()
        }
    }

    private func pieceWasReported() { unreported -= 1 }

    /// The decode that began when the speaker paused, if the piece ended with that pause.
    private func takeEarly(for segment: SpeechSegment) -> LiveDecoder.Decoding? {
        guard let begun = exchange(&early, with: nil) else { return nil }
        if begun.piece.start == segment.offset, begun.piece.speechEnd == segment.stretches.last?.upperBound {
            return begun.decoding
        }
        begun.decoding.cancel()
        return nil
    }

    /// The last step of a piece that was decoded while it was spoken; `nil` if its stream has heard the next piece too.
    private func takeStreamed(
        _ segment: SpeechSegment, of turn: Int, priority: DecodePriority
    ) -> LiveDecoder.Decoding? {
        guard let look, let stream = look.stream, look.isOf(turn: turn, start: segment.offset), !look.hasFailed else {
            return nil
        }
        let end = segment.offset + segment.audio.samples.count
        guard look.end <= end || segmenter.openPiece == nil else { return nil }
        self.look = nil
        let rest = Array(segment.audio.samples.suffix(max(0, end - look.end)))
        return decoder.decode(
            segment, settings: settings, priority: priority,
            step: StreamStep(stream: stream, samples: rest, isLast: true), after: look.decoding)
    }

    private func inOrder(_ operation: @escaping @Sendable () async -> Void) {
        reported = Task(executorPreference: decoder.executor) { [previous = reported] in
            await previous?.value
            await operation()
        }
    }

    private func note(_ language: Language?, of turn: Int) {
        if let language, languages[turn] == nil { languages[turn] = language }
    }

    private func fail(_ turn: Int, _ error: TranscriptionError) {
        failures[turn] = failures[turn] ?? error
    }

    private func complete(_ turn: Int) {
        let language = languages.removeValue(forKey: turn)
        if let error = failures.removeValue(forKey: turn) {
            report(.failed(turn: turn, error: error))
        } else {
            report(.completed(turn: turn, language: language ?? decoder.expectedLanguage(settings.language)))
        }
    }

    /// Begins to decode the open piece when the speaker pauses, since it ends with the pause if the pause lasts; and
    /// looks at it while the speaker goes on.
    private func lookAhead() {
        guard let piece = segmenter.openPiece else { return }
        // A model for streaming hears the pause as well: its last words need what follows them.
        guard !decoder.isStreaming else { return lookAt(piece, every: Self.step) }
        let pause = segmenter.end - piece.speechEnd
        if pause >= TurnSegmenter.tail {
            guard early?.piece != piece else { return }
            early?.decoding.cancel()
            let segment = segmenter.audio(of: piece, upTo: piece.speechEnd + TurnSegmenter.tail)
            early = (piece, decoder.decode(segment, settings: settings))
        } else {
            if let early, early.piece != piece {
                early.decoding.cancel()
                self.early = nil
            }
            // A look must not overtake the text of the piece before it.
            guard pause == 0, unreported == 0, decoder.canLook, let interval = settings.delay.lookInterval else {
                return
            }
            lookAt(piece, every: interval)
        }
    }

    private func lookAt(_ piece: TurnSegmenter.OpenPiece, every interval: Duration) {
        if look?.isOf(turn: piece.turn, start: piece.start) != true {
            dropLook()
            look = Look(piece: (piece.turn, piece.start), end: piece.start)
            do throws(RecognitionError) {
                look?.stream = try decoder.makeStream(settings)
            } catch {
                // The complete piece will fail in the same way, and that is reported.
                look?.hasFailed = true
            }
        }
        guard let look, !look.hasFailed, look.task == nil, segmenter.end - look.end >= interval.samples else { return }
        let decoding: LiveDecoder.Decoding
        if let stream = look.stream {
            let new = segmenter.audio(of: piece, from: look.end, upTo: segmenter.end)
            decoding = decoder.decode(
                new, settings: settings, priority: unreported > Self.mostLive ? .background : .live,
                step: StreamStep(stream: stream, samples: new.audio.samples, isLast: false))
        } else {
            decoding = decoder.decode(
                segmenter.audio(of: piece, upTo: segmenter.end), settings: settings, priority: .look)
        }
        self.look?.end = segmenter.end
        self.look?.decoding = decoding
        self.look?.task = Task(executorPreference: decoder.executor) {
            let segments = try? await withTaskCancellationHandler {
                try await decoding.segments()
            } onCancel: {
                decoding.cancel()
            }
            await self.looked(at: piece, segments)
        }
    }

    private func looked(at piece: TurnSegmenter.OpenPiece, _ segments: [Transcript.Segment]?) {
        guard look?.isOf(turn: piece.turn, start: piece.start) == true, !Task.isCancelled else { return }
        look?.task = nil
        guard let segments else {
            look?.hasFailed = look?.stream != nil
            return
        }
        guard unreported == 0, settings.delay.hasPieces else { return }
        var transcript = Transcript()
        for segment in segments { transcript.append(segment) }
        let isKept = look?.stream != nil && decoder.keepsWords
        let text = isKept ? transcript.text : look?.agreement.receive(transcript.text)
        guard let text, text != look?.text, isKept || settings.delay.lookInterval != nil else { return }
        look?.text = text
        report(.look(turn: piece.turn, text: text))
    }

    private func dropLook() {
        look?.task?.cancel()
        look = nil
    }

    /// Drops all that was decoded of the open piece.
    private func dropOpenPiece() {
        dropLook()
        early?.decoding.cancel()
        early = nil
    }
}
