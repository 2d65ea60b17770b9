import Essentials
import SpeechTypes

/// The limit at which a decoder stops writing tokens, even if audio remains.
package struct TokenLimit: Sendable, Equatable {
    /// Tokens for each second of audio, if limited.
    var perSecond: Double?
    /// The metadata property that limits the tokens of a decode.
    package var context: Context?
    /// The option that limits the tokens of a decode.
    var option: Option?

    /// A property of a file's metadata.
    package struct Context: Sendable, Equatable {
        /// The file's logical name.
        package var file: String
        /// The property's key.
        package var key: String
        /// The share of it that is for text.
        var share = 0.5
    }

    /// An option that is a number of tokens.
    struct Option: Sendable, Equatable {
        /// Its key.
        var key: String
        /// Its default.
        var standard: Int
        /// Tokens that are not in the result.
        var hidden = 0
    }

    /// The most tokens of a decode of `duration`; `.max` if there is no known limit. `value` is that of the metadata
    /// property.
    package func tokens(in duration: Duration, context value: Int? = nil, options: ModelOptions = ModelOptions()) -> Int
    {
        let bySound = perSecond.map { Int(clamped: duration.inSeconds * $0) }
        let byContext = value.flatMap { value in context.map { Int(clamped: Double(value) * $0.share) } }
        let byOption = option.map { Int(clamped: options.number($0.key) ?? Double($0.standard)) - $0.hidden }
        return [bySound, byContext, byOption].compactMap { $0 }.min() ?? .max
    }
}
