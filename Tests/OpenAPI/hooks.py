"""What schemathesis cannot know: recordings, the names of models, and answers of a type that says little. At the end,
it writes what was sent and answered to the file `ASR2CLIP_CALLS`."""

import atexit
import json
import os
from collections import Counter
from pathlib import Path

import jsonschema_rs
import schemathesis
from hypothesis import strategies as st
from schemathesis.transport.serialization import Binary

AUDIO = Path(__file__).resolve().parent.parent / "Fixtures" / "audio"
RECORDINGS = [(AUDIO / name).read_bytes() for name in ("en_word_16k.wav", "en_44k1_vorbis.ogg", "silence_16k.wav")]

# Whole recordings, beginnings of recordings, and bytes that are none.
schemathesis.openapi.format(
    "binary",
    st.one_of(
        st.sampled_from(RECORDINGS),
        st.builds(lambda sound, count: sound[:count], st.sampled_from(RECORDINGS), st.integers(1, 4096)),
        st.binary(min_size=1),
    ),
)

NAMES = {
    "id": os.environ["ASR2CLIP_MODELS"].split(),
    "deployment": os.environ["ASR2CLIP_MODELS"].split(),
    "path": ["main.js", "style/base.css", "icon.svg", "docs/main.js"],
}


@schemathesis.hook
def flatmap_path_parameters(context, path_parameters):
    """In half of the requests, a name that the server knows."""
    known = [st.just({**path_parameters, name: value}) for name in path_parameters or {} for value in NAMES[name]]
    return st.one_of(st.just(path_parameters), st.one_of(known)) if known else st.just(path_parameters)


@schemathesis.check
def a_request_keeps_its_id(ctx, response, case):
    """A given id comes back if it is fit for a log line, and another one is replaced."""
    given = response.request.headers.get("x-request-id")
    if isinstance(given, bytes):
        given = given.decode("latin-1")
    [answered] = response.headers["x-request-id"]
    if given is not None and 1 <= len(given) <= 128 and all("!" <= character <= "~" for character in given):
        assert answered == given
    else:
        assert answered.startswith("req_")


def validate(case, names, value):
    components = case.operation.schema.raw_schema["components"]
    schema = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names], "components": components}
    jsonschema_rs.Draft202012Validator(schema).validate(value)


@schemathesis.check
def an_answer_as_text_has_the_form_that_was_asked_for(ctx, response, case):
    """whisper-asr-webservice answers JSON as text/plain."""
    if case.operation.path != "/asr" or response.status_code != 200 or (case.query or {}).get("output") != "json":
        return
    validate(case, ["WhisperServiceJSON"], json.loads(response.content))


@schemathesis.check
def an_answer_of_a_model_of_this_machine_has_nothing_unknown(ctx, response, case):
    """The document also allows whatever other servers answer; here, no model is on other servers."""
    is_whisper_server = case.operation.path == "/inference"
    if response.status_code != 200 or not is_whisper_server and "/audio/" not in case.operation.path:
        return
    [written] = response.headers.get("content-type", [""])
    if written.startswith("application/json"):
        verbose = "WhisperServerVerbose" if is_whisper_server else "VerboseTranscript"
        validate(case, ["Text", verbose], json.loads(response.content))
    elif written.startswith("text/event-stream"):
        data = [line[6:] for line in response.content.decode().split("\n") if line.startswith("data: ")]
        for event in data:
            if event != "[DONE]":
                validate(case, ["TranscriptDelta", "TranscriptDone", "Error"], json.loads(event))


# What chance seldom makes: requests that have everything, so that each operation and each format succeeds.
FORMATS = [{"response_format": name} for name in ("json", "text", "verbose_json", "srt", "vtt")]
STREAMS = [
    {"stream": True},
    {"stream": True, "response_format": "verbose_json", "chunking_strategy": {"type": "server_vad"}},
]
WORDS = [{"response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]}]
FORMS = {
    "/v1/audio/transcriptions": FORMATS + STREAMS + WORDS,
    "/v1/audio/translations": FORMATS,
    "/openai/deployments/{deployment}/audio/transcriptions": FORMATS + STREAMS,
    "/openai/deployments/{deployment}/audio/translations": FORMATS,
    "/inference": [*FORMATS, {"response_format": "verbose_json", "no_timestamps": True}],
    "/asr": [{}],
    "/detect-language": [{}],
}
OUTPUTS = [{"output": name, "word_timestamps": True} for name in ("txt", "json", "srt", "vtt", "tsv")]
TRANSLATOR = os.environ["ASR2CLIP_TRANSLATOR"]


@schemathesis.hook
def before_add_examples(context, examples):
    operation = context.operation
    for fields in FORMS.get(operation.path, []):
        file = "audio_file" if operation.path in ("/asr", "/detect-language") else "file"
        for query in OUTPUTS if operation.path == "/asr" else [{}]:
            body = {file: Binary(RECORDINGS[0]), **fields}
            case = {"body": body, "media_type": "multipart/form-data", "query": query}
            if "{deployment}" in operation.path:
                case["path_parameters"] = {"deployment": TRANSLATOR}
            elif file == "file":
                case["body"]["model"] = TRANSLATOR
            examples.append(operation.Case(**case))
    if operation.path == "/page/{path}":
        examples.extend(operation.Case(path_parameters={"path": path}) for path in NAMES["path"])
    if operation.label == "DELETE /v1/models/{id}":
        examples.append(operation.Case(path_parameters={"id": os.environ["ASR2CLIP_DOWNLOADED"]}))
    if operation.label == "POST /v1/models/{id}":
        for action in ("pull", "load"):
            body = {"body": {"action": action}, "media_type": "application/json"}
            examples.append(operation.Case(path_parameters={"id": NAMES["id"][0]}, **body))


calls = {}


def call(case):
    empty = {"examples": 0, "statuses": Counter(), "types": Counter(), "failures": Counter()}
    return calls.setdefault(case.operation.label, empty)


@schemathesis.hook
def after_call(context, case, response):
    call(case)["statuses"][response.status_code] += 1
    if response.status_code < 300:
        [written] = response.headers.get("content-type", [""])
        call(case)["types"][written.split(";")[0]] += 1
    if case.meta and case.meta.phase.name.value == "fuzzing":
        call(case)["examples"] += 1


@schemathesis.hook
def filter_failure(context, failure, case, response):
    call(case)["failures"][type(failure).__name__] += 1
    return True  # it counts


@atexit.register
def write():
    Path(os.environ["ASR2CLIP_CALLS"]).write_text(json.dumps(calls))
