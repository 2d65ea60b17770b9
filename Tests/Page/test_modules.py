"""The page's own functions, run in the browser."""

import pytest


@pytest.fixture(scope="module")
def module_page(browser):
    from conftest import URL

    page = browser.new_page()
    page.goto(URL)
    yield page
    page.close()


@pytest.fixture
def run(module_page):
    def run(module, expression, *arguments):
        return module_page.evaluate(
            f"async (given) => {{ const m = await import('/page/{module}'); return ({expression})(...given); }}",
            list(arguments),
        )

    return run


def segment(start, end, text):
    return {"start": start, "end": end, "text": text}


@pytest.mark.parametrize(
    ("segments", "lines"),
    [
        ([segment(0, 1, "One.")], [["One."]]),
        ([segment(0, 1, " "), segment(1, 2, "Two.")], [["Two."]]),
        ([segment(0, 4, "a" * 60)], [["a" * 60]]),
        ([segment(0, 4, "It was the best of times, it was the worst of times.")], [["It was the best of times, it was", "the worst of times."]]),
        ([segment(0, 9, "word " * 40)], None),
        ([segment(0, 9, "今天天气很好我们一起去公园散步吧" * 6)], None),
    ],
)
def test_cues_have_two_short_lines(run, segments, lines):
    cues = run("files/subtitles.js", "m.cues", segments)
    if lines is not None:
        assert [cue["lines"] for cue in cues] == lines
    else:
        assert all(len(cue["lines"]) <= 2 and all(len(line) <= 42 for line in cue["lines"]) for cue in cues)
        assert "".join("".join(cue["lines"]) for cue in cues).replace(" ", "") == segments[0]["text"].replace(" ", "")
        assert [cue["start"] for cue in cues][1:] == [cue["end"] for cue in cues][:-1]
        assert cues[-1]["end"] == segments[-1]["end"]


def test_times_are_written_as_players_read_them(run):
    cues = [{"start": 3661.5, "end": 3661.9996, "lines": ["A & <b>"]}]
    assert run("files/subtitles.js", "m.srt", cues) == "1\n01:01:01,500 --> 01:01:02,000\nA & <b>\n"
    assert run("files/subtitles.js", "m.vtt", cues) == "WEBVTT\n\n01:01:01.500 --> 01:01:02.000\nA &amp; &lt;b&gt;\n"


def test_paragraphs_begin_after_pauses(run):
    segments = [segment(0, 1, "One."), segment(1.5, 2, "Two."), segment(5, 6, "Three.")]
    assert run("files/subtitles.js", "m.paragraphs", segments) == ["One. Two.", "Three."]
    assert run("files/subtitles.js", "m.paragraphs", [segment(0, 1, "你好。"), segment(1, 2, "再见。")]) == ["你好。再见。"]


def test_long_segments_become_sentences_with_estimated_times(run):
    split = run("files/splitting.js", "m.sentences", [segment(10, 20, "One two. Two one."), segment(20, 25, "A. B.")])
    assert [part["text"] for part in split] == ["One two.", "Two one.", "A. B."]
    assert split[0]["start"] == 10 and split[0]["end"] == split[1]["start"] and split[1]["end"] == 20
    assert [part.get("isEstimated", False) for part in split] == [False, True, False]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_events_are_read_however_they_are_cut(run, size):
    stream = ': heard 1.5\n\nevent: a\ndata: {"x": "ä"}\n\ndata: 1\ndata: 2\r\n\r\ndata: [DONE]\n\nrest'
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    read = "(pieces) => { const stream = new m.EventStream(); return pieces.flatMap((piece) => stream.receive(piece)); }"
    assert run("shared/sse.js", read, pieces) == [
        {"name": "message", "data": None, "comment": "heard 1.5"},
        {"name": "a", "data": '{"x": "ä"}', "comment": None},
        {"name": "message", "data": "1\n2", "comment": None},
        {"name": "message", "data": "[DONE]", "comment": None},
    ]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("m.clock(0)", "0:00"),
        ("m.clock(59.99)", "0:59"),
        ("m.clock(3661)", "1:01:01"),
        ("m.bytes(999)", "999 bytes"),
        ("m.bytes(1400000)", "1.4 MB"),
        ("m.bytes(274000000)", "274 MB"),
        ("m.languageName('yue')", "Cantonese"),
        ("m.languageName('not a code')", "not a code"),
    ],
)
def test_numbers_are_written_for_people(run, expression, text):
    assert run("shared/format.js", f"() => {expression}") == text


def test_sound_becomes_a_wave_file(run):
    write = """async () => {
        const file = m.wave([new Int16Array([1, -1]), new Int16Array([2])], 16000);
        return [...new Uint8Array(await file.arrayBuffer())];
    }"""
    import io
    import wave

    with wave.open(io.BytesIO(bytes(run("microphone/wave.js", write)))) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        assert sound.readframes(9) == b"\x01\x00\xff\xff\x02\x00"


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "message"),
    [
        (401, '{"error": {"message": "A key.", "code": "invalid_api_key"}}', {}, "key", "A key."),
        (503, '{"error": {"message": "Later."}}', {"Retry-After": "7"}, "busy", "Later."),
        (503, '{"error": {"message": "Never."}}', {"x-should-retry": "false"}, "refused", "Never."),
        (429, '{"error": {"message": "Full."}}', {}, "busy", "Full."),
        (413, "<html>nginx</html>", {}, "refused", "The server answered with status 413 and no reason."),
        (502, "", {"Retry-After": "7"}, "busy", "The server answered with status 502 and no reason."),
        (504, '{"error": {"message": "Too slow."}}', {}, "broken", "Too slow."),
        (502, "", {}, "broken", "The server answered with status 502 and no reason."),
    ],
)
def test_answers_say_what_to_do(run, status, body, headers, kind, message):
    refusal = """(status, body, headers) => {
        const { kind, message, wait } = m.Refusal.of(status, body, (name) => headers[name] ?? null);
        return { kind, message, wait };
    }"""
    told = run("shared/api.js", refusal, status, body, headers)
    assert (told["kind"], told["message"]) == (kind, message)
    if "Retry-After" in headers:
        assert told["wait"] == 7


def test_a_session_ends_although_a_turn_begins_in_sound_that_was_cleared(run):
    finish = """async () => {
        const { WebSocket } = window;
        let socket;
        window.WebSocket = class {
            static OPEN = 1;
            readyState = 1;
            constructor() { socket = this; setTimeout(() => this.onopen()); }
            send() {}
            close() {}
        };
        const session = new m.Session({ words: [] }, 16000);
        await session.open();
        const tell = (type, fields) => socket.onmessage({ data: JSON.stringify({ type, ...fields }) });
        tell("input_audio_buffer.speech_started", { item_id: "first" });
        let isFinished = false;
        session.finish().then(() => { isFinished = true; });
        tell("input_audio_buffer.committed", { item_id: "first" });
        tell("input_audio_buffer.cleared", {});
        tell("input_audio_buffer.speech_started", { item_id: "second" });
        await new Promise((resolve) => setTimeout(resolve));
        const before = isFinished;
        tell("conversation.item.input_audio_transcription.completed", { item_id: "first", transcript: "One." });
        await new Promise((resolve) => setTimeout(resolve));
        window.WebSocket = WebSocket;
        return [before, isFinished, session.text];
    }"""
    assert run("microphone/session.js", finish) == [False, True, "One."]
