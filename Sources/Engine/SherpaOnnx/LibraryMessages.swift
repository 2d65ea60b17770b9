import CSherpaOnnx
import Essentials

/// What sherpa-onnx says on the C `stderr`, made visible to the caller whose call it concerns.
///
/// Some failures are reported there and nowhere else: a decode that hit an exception returns an empty result and prints
/// `Caught exception`; a recognizer that cannot be made is NULL and the reason is printed. The library prints on the
/// thread that called it, so a stdio stream of our own can tell which call is meant. The text still goes to descriptor 2.
enum LibraryMessages {
    /// Runs a call into the library.
    ///
    /// - Returns: What the call returned, and what it printed on this thread.
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

    /// Installed once, at the first call.
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
