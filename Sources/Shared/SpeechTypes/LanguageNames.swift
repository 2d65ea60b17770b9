extension Language {
    /// Its English name, such as `German`; `nil` if it is not known here.
    package var englishName: String? { Self.names[code] }

    /// Finds a language by its code or by its English name, in any case: `de`, `de-DE`, `German`. `nil` if it is neither.
    package init?(named text: String) {
        var code = Self.codes[text.lowercased()] ?? (try? Language(parsing: text))?.code
        // Locales say which Norwegian: nb is Bokmål.
        if code == "nb" { code = "no" }
        guard let code, Self.names[code] != nil else { return nil }
        self.init(code: code)
    }

    private static let codes: [String: String] = {
        var codes = Dictionary(names.map { ($1.lowercased(), $0) }) { first, _ in first }
        for (name, code) in otherNames { codes[name] = code }
        return codes
    }()

    /// Further names: those of Whisper (tokenizer.py, TO_LANGUAGE_CODE), and Farsi.
    private static let otherNames = [
        "burmese": "my", "castilian": "es", "farsi": "fa", "flemish": "nl", "haitian": "ht", "letzeburgesch": "lb",
        "mandarin": "zh", "moldavian": "ro", "moldovan": "ro", "panjabi": "pa", "pushto": "ps", "sinhalese": "si",
        "valencian": "ca",
    ]

    /// The languages that models in sherpa-onnx's formats are told by code: those of Whisper (openai/whisper,
    /// tokenizer.py), and Filipino.
    private static let names = [
        "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "as": "Assamese", "az": "Azerbaijani", "ba": "Bashkir",
        "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bo": "Tibetan", "br": "Breton", "bs": "Bosnian",
        "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
        "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fil": "Filipino",
        "fo": "Faroese", "fr": "French", "gl": "Galician", "gu": "Gujarati", "ha": "Hausa", "haw": "Hawaiian",
        "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian",
        "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "jw": "Javanese", "ka": "Georgian",
        "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "la": "Latin", "lb": "Luxembourgish",
        "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy", "mi": "Maori",
        "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese",
        "my": "Myanmar", "ne": "Nepali", "nl": "Dutch", "nn": "Nynorsk", "no": "Norwegian", "oc": "Occitan",
        "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
        "sa": "Sanskrit", "sd": "Sindhi", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona",
        "so": "Somali", "sq": "Albanian", "sr": "Serbian", "su": "Sundanese", "sv": "Swedish", "sw": "Swahili",
        "ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai", "tk": "Turkmen", "tl": "Tagalog", "tr": "Turkish",
        "tt": "Tatar", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "yi": "Yiddish",
        "yo": "Yoruba", "yue": "Cantonese", "zh": "Chinese",
    ]
}
