import CSherpaOnnx
import Essentials

package struct SherpaOnnxError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The library made no recognizer of the configuration.
        case notCreated
        /// A file is not the expected model.
        case wrongModel
        /// Fewer samples than `OfflineRecognizer.minimumSamples`.
        case tooFewSamples
        /// The recognizer takes no hotwords, or the library would abort on them.
        case hotwordsRefused
        /// The library returned no stream or no result, or an exception occurred, for which it returns an empty result.
        case decodingFailed
    }

    package let code: Code
    /// The library's output during the call, without source positions; may be empty.
    package let words: String

    init(_ code: Code, printed: String) {
        self.code = code
        words = Self.tidied(printed)
    }

    /// Removes the prefix `FILE:FUNCTION:LINE` of the library's log macro, and joins the lines.
    private static func tidied(_ printed: String) -> String {
        printed.split(separator: "\n")
            .map { line in
                let position = line.prefixMatch(of: /\S+\.(?:cc|h):\S+:\d+\s/)
                return position.map { line[$0.range.upperBound...] } ?? line
            }
            .filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    package var description: String { words.isEmpty ? "\(code)" : "\(code): \(words)" }
}

/// Captures what sherpa-onnx prints to the C `stderr`, for the caller of the library.
///
/// Some failures are reported only there: a decode that hits an exception returns an empty result and prints `Caught
/// exception`; a failed creation returns NULL and prints the reason. The library prints on the calling thread, so a
/// custom stdio stream can assign the text to the call. The text still goes to descriptor 2.
enum LibraryMessages {
    /// Calls the library; returns the result of the call, and what it printed on this thread.
    static func during<R>(_ call: () -> R) -> (result: R, printed: String) {
        let key = Self.key
        var printed = String()
        let result = withUnsafeMutablePointer(to: &printed) { pointer in
            let outer = pthread_getspecific(key)
            pthread_setspecific(key, pointer)
            defer { pthread_setspecific(key, outer) }
            return call()
        }
        return (result, printed)
    }

    /// Has a thread's text. Made at the first call, with the stream.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        asr_observe_stderr { text, length in
            guard let text, let current = pthread_getspecific(LibraryMessages.key) else { return }
            let bytes = UnsafeRawBufferPointer(start: text, count: length)
            current.assumingMemoryBound(to: String.self).pointee += String(decoding: bytes, as: UTF8.self)
        }
        return key
    }()
}
