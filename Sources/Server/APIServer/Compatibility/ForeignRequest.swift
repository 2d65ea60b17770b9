import HTTPTypes
import Hummingbird
import HummingbirdCore
import SpeechTypes

/// What the API of another server calls the things that ours has too.
struct APIDialect: Sendable {
    /// The name of the part with the recording.
    let file: String
    /// Its names of our fields, by ours.
    let names: [String: String]
    /// Its fields that its endpoint translates.
    let others: Set<String>
    /// Whether its fields are in the query; otherwise, they are in the form.
    var isQuery = false

    func name(of field: String) -> String { field == FormNames.openAI.file ? file : names[field] ?? field }

    func reads(_ field: String) -> Bool { others.contains(field) || names.values.contains(field) }

    var formNames: FormNames { FormNames(file: file) { field in !isQuery && reads(field) } }

    /// Does the work for a request. Errors about a field name it as this API does.
    func naming<Result>(
        isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
    ) async throws -> Result {
        try await APIError.changing({ $0.parameter = $0.parameter.map(name) }, in: work)
    }
}

/// A request of another API, while it is translated into one of ours.
struct ForeignRequest {
    /// The fields as they were sent.
    let sent: FormFields
    /// Our fields.
    var fields: [String: [String]] {
        get { form.fields }
        set { form.fields = newValue }
    }
    private var form = FormReader.Form()
    /// Transcription or translation; `nil` leaves it to the model's options.
    var task: SpeechTask?
    var isRawPCM = false
    var presentation = Presentation()

    init(_ fields: [String: [String]], in dialect: APIDialect) {
        sent = FormFields(fields)
        form.fields = dialect.names.compactMapValues { fields[$0] }
        for name in fields.keys.sorted() where !dialect.reads(name) { form.noteSkipped(name) }
        presentation.name = dialect.name
        // Whisper's own programs take `german` and `de`.
        if let text = form.fields["language"]?.last, let language = Language(named: text) {
            form.fields["language"] = [language.code]
        }
    }

    /// Notes a field that has no effect.
    mutating func ignore(_ name: String) { presentation.ignored.append(name) }

    /// Reads whether audio without speech is to be left out. It always is, so `false` has no effect.
    mutating func readSpeechFilter(_ name: String) throws {
        guard sent.text(name) != nil else { return }
        if try !sent.flag(name) { ignore(name) }
    }

    func options() throws -> TranscriptionOptions { try TranscriptionOptions(form, task: task) }

    /// The request as ours, with the recording of the form that was received.
    func with(_ received: FormReader.Form) throws -> (form: TranscriptionForm, presentation: Presentation) {
        var whole = form
        whole.fileField = received.fileField
        whole.file = received.file
        for name in received.skipped { whole.noteSkipped(name) }
        var presentation = presentation
        presentation.ignored = whole.skipped + presentation.ignored
        whole.skipped = []
        var checked = try TranscriptionForm(whole, task: task)
        checked.isRawPCM = isRawPCM
        return (checked, presentation)
    }
}

extension AudioEndpoints {
    /// Reads a request of another API, translates it, transcribes its recording and responds as that API does.
    func answer(
        _ request: Request, context: APIContext, in dialect: APIDialect,
        translating translate: (inout ForeignRequest) throws -> Void
    ) async throws -> Response {
        try await dialect.naming {
            let (form, presentation) = try await receive(
                request, context: context, in: dialect, needing: \.needs, translating: translate)
            return try await respond(to: form, as: presentation, context: context)
        }
    }

    /// Reads a request of another API, and translates it into one of ours. If its fields are in the query, they and its
    /// model are checked before the body is read.
    func receive(
        _ request: Request, context: APIContext, in dialect: APIDialect,
        needing needs: (TranscriptionOptions) -> [RequiredCapability],
        translating translate: (inout ForeignRequest) throws -> Void
    ) async throws -> (form: TranscriptionForm, presentation: Presentation) {
        guard dialect.isQuery else {
            let form = try await read(request, context: context, named: dialect.formNames)
            var foreign = ForeignRequest(form.fields, in: dialect)
            try translate(&foreign)
            return try foreign.with(form)
        }
        var foreign = ForeignRequest(request.uri.formFields, in: dialect)
        try await judgingHead {
            try translate(&foreign)
            let options = try foreign.options()
            try await check(options.model, needing: needs(options))
        }
        return try foreign.with(try await read(request, context: context, named: dialect.formNames))
    }
}
