import CSherpaOnnx
import Essentials

/// Captures what sherpa-onnx prints to the C `stderr`, for the caller of the library.
///
/// Some failures are reported only there: a decode that hits an exception returns an empty result and prints `Caught
/// exception`; a failed creation returns NULL and prints the reason. The library prints on the calling thread, so a
/// custom stdio stream can assign the text to the call. The text still goes to descriptor 2.
enum LibraryMessages {
    /// Calls the library.
    ///
    /// - Returns: The result of the call, and what it printed on this thread.
    static func during<R>(_ call: () -> R) -> (result: R, printed: String) {
        _ = observer
        var printed = String()
        let result = withUnsafeMutablePointer(to: &printed) { pointer in
            let outer = pthread_getspecific(observer.key)
            pthread_setspecific(observer.key, pointer)
            defer { pthread_setspecific(observer.key, outer) }
            return call()
        }
        return (result, printed)
    }

    private struct Observer {
        var key = pthread_key_t()

        init() {
            pthread_key_create(&key, nil)
        }
    }

    /// Installed at the first call.
    private static let observer: Observer = {
        let observer = Observer()
        asr_observe_stderr { text, length in
            guard let text, let current = pthread_getspecific(LibraryMessages.key) else { return }
            let bytes = UnsafeRawBufferPointer(start: text, count: length)
            current.assumingMemoryBound(to: String.self).pointee += String(decoding: bytes, as: UTF8.self)
        }
        return observer
    }()

    private static var key: pthread_key_t { observer.key }
}
