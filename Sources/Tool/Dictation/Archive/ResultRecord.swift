import Essentials
import TranscriptFormats

/// What a result depends on, beside the recording. The server is not a part of it: an archive may go on with another one.
struct ResultOptions: Hashable, Codable, Sendable {
    /// The model that was asked for; `nil` for the server's default, whatever that was.
    var model: String?
    var language: String?
    var prompt: String?
    /// The name of the response format.
    var format: String

    init(_ request: TranscriptionRequest) {
        model = request.model
        language = request.language
        prompt = request.prompt
        format = request.format.rawValue
    }
}

/// The recording and the options that a result is made from.
struct ResultOrigin: Hashable, Codable, Sendable {
    /// The recording: its name if the result is beside it, otherwise its whole path.
    var source: String
    var stamp: FileStamp
    var options: ResultOptions

    /// Whether another origin is the same recording, at any time.
    func isOfSameSource(as other: Self) -> Bool {
        if source.utf8.elementsEqual(other.source.utf8) { return true }
        // One result is beside its recording, the other in an output folder, which may be the same folder.
        let isBare = [source, other.source].map { !$0.utf8.contains(UInt8(ascii: "/")) }
        return isBare[0] != isBare[1]
            && SystemPath.name(of: source).utf8.elementsEqual(SystemPath.name(of: other.source).utf8)
    }
}

/// A line of the journal: a result as it was written.
struct ResultRecord: Hashable, Codable, Sendable {
    /// The name of the result.
    var result: String
    var origin: ResultOrigin
    /// The version of the result itself.
    var written: FileStamp
    /// The SHA-256 of its content, in hexadecimal digits.
    var sha256: String
}

/// What is to be done about a recording.
enum ResultVerdict: Equatable {
    /// Its result is there.
    case done
    /// It is to be transcribed. `isStrange` says that another program's file, or an edited result, is replaced.
    case due(isStrange: Bool)
    /// A file is in the way, for this reason.
    case refused(String)
}

/// What may be done again, and replaced.
package struct ReplacementRules: Sendable {
    /// Whether recordings are transcribed again although their results are there.
    package var repeatsAll = false
    /// Whether files that asr2clip did not write, or not for this recording, are replaced.
    package var replacesOthers = false

    package init(repeatsAll: Bool = false, replacesOthers: Bool = false) {
        self.repeatsAll = repeatsAll
        self.replacesOthers = replacesOthers
    }
}

extension ResultVerdict {
    /// Decides about a result. Does no I/O itself.
    ///
    /// - Parameters:
    ///   - wanted: What the result is to be made from.
    ///   - records: All records of this result, oldest first.
    ///   - existing: The file that has the result's name; `nil` if there is none.
    ///   - rules: What may be done again, and replaced.
    ///   - hash: Reads that file; asked only if its stamp is in no record.
    init(
        on wanted: ResultOrigin, records: [ResultRecord], existing: FileFacts?, rules: ReplacementRules,
        hash: () -> String?
    ) {
        guard let existing else {
            self = .due(isStrange: false)
            return
        }
        guard existing.kind == .file else {
            self = existing.kind == .other && rules.replacesOthers ? .due(isStrange: true) : .refused("is no file")
            return
        }
        var record = records.last { $0.written == existing.stamp }
        // A copy of an archive may have lost the exact times.
        if record == nil, !records.isEmpty, let hash = hash() { record = records.last { $0.sha256 == hash } }
        guard let record else {
            // An edited result is still the result.
            if !rules.repeatsAll, records.last?.origin == wanted {
                self = .done
            } else if rules.replacesOthers {
                self = .due(isStrange: true)
            } else {
                self = .refused(records.isEmpty ? "was not written by asr2clip" : "was changed by another program")
            }
            return
        }
        let isSame = record.origin.stamp == wanted.stamp && record.origin.options == wanted.options
        if !rules.repeatsAll, isSame {
            self = .done
        } else if record.origin.isOfSameSource(as: wanted) || isSame || rules.replacesOthers {
            self = .due(isStrange: false)
        } else {
            self = .refused("is the result of '\(SystemName.shown(record.origin.source))'")
        }
    }
}
