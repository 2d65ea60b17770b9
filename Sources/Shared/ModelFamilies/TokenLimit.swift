import Essentials
import SpeechTypes

/// A decoder that stops writing after a number of tokens, whatever is still unheard.
package struct TokenLimit: Sendable, Equatable {
    /// Tokens for each second of sound, where that is limited.
    var perSecond: Double?
    /// The metadata property that limits the tokens in any sound.
    package var context: Context?
    /// The option that limits the tokens in any sound.
    var option: Option?

    /// A property of a file's metadata.
    package struct Context: Sendable, Equatable {
        /// The file's logical name.
        package var file: String
        /// The property's key.
        package var key: String
        /// The part of it that may be text.
        var share = 0.5
    }

    /// An option that is a number of tokens.
    struct Option: Sendable, Equatable {
        /// Its key.
        var key: String
        /// What it is when it is not set.
        var standard: Int
        /// Tokens that the result does not show.
        var hidden = 0
    }

    /// The most tokens that a decode of `duration` can have, where the property has a value, if it is known.
    package func tokens(in duration: Duration, context value: Int? = nil, options: ModelOptions = ModelOptions()) -> Int
    {
        let bySound = perSecond.map { Int(clamped: duration.inSeconds * $0) }
        let byContext = value.flatMap { value in context.map { Int(clamped: Double(value) * $0.share) } }
        let byOption = option.map { Int(clamped: options.number($0.key) ?? Double($0.standard)) - $0.hidden }
        return [bySound, byContext, byOption].compactMap { $0 }.min() ?? .max
    }
}
