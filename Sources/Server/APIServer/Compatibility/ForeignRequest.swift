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
        do {
            return try await work()
        } catch {
            guard var known = APIError(error) else { throw error }
            known.parameter = known.parameter.map(name)
            throw known
        }
    }
}

/// A request of another API, while it is translated into one of ours.
struct ForeignRequest {
    /// The fields as they were sent.
    let sent: FormFields
    /// The form with our fields.
    var form: FormReader.Form
    /// Transcription or translation; `nil` leaves it to the model's options.
    var task: SpeechTask?
    var isRawPCM = false
    var presentation = Presentation()

    init(_ form: FormReader.Form, of request: Request, in dialect: APIDialect) {
        let fields = dialect.isQuery ? request.uri.formFields : form.fields
        sent = FormFields(fields)
        self.form = form
        self.form.fields = dialect.names.compactMapValues { fields[$0] }
        for name in fields.keys.sorted() where !dialect.reads(name) { self.form.noteSkipped(name) }
        presentation.ignored = self.form.skipped
        self.form.skipped = []
        presentation.name = dialect.name
        // Whisper's own programs take `german` and `de`.
        if let text = self.form.fields["language"]?.last, let language = Language(named: text) {
            self.form.fields["language"] = [language.code]
        }
    }

    /// Notes a field that has no effect.
    mutating func ignore(_ name: String) { presentation.ignored.append(name) }

    /// Reads whether audio without speech is to be left out. It always is, so `false` has no effect.
    mutating func readSpeechFilter(_ name: String) throws {
        guard sent.text(name) != nil else { return }
        if try !sent.flag(name) { ignore(name) }
    }

    func checked() throws -> TranscriptionForm {
        var checked = try TranscriptionForm(form, task: task)
        checked.isRawPCM = isRawPCM
        return checked
    }
}

extension AudioEndpoints {
    /// Reads a request of another API, translates it, transcribes its recording and responds as that API does.
    func answer(
        _ request: Request, context: APIContext, in dialect: APIDialect,
        translating translate: (inout ForeignRequest) throws -> Void
    ) async throws -> Response {
        try await dialect.naming {
            let form = try await read(request, context: context, named: dialect.formNames)
            var foreign = ForeignRequest(form, of: request, in: dialect)
            try translate(&foreign)
            return try await respond(to: foreign.checked(), as: foreign.presentation, context: context)
        }
    }
}
