"""Live sessions with the official OpenAI client itself. The server has the models `transducer` (its default) and `whisper`."""

import asyncio
import base64
import re
import subprocess
import sys
import threading
import typing
import wave

import openai
import pytest
from openai.types import AudioModel
from openai.types.realtime import AudioTranscription

from conftest import AUDIO, REPOSITORY, URL
from live import EVENTS, TRANSCRIPTION

PATIENCE = 60  # seconds


def spoken(file, rate=24_000):
    """A recording of 48 kHz and 24 bits as the client sends it: 16 bits at 24 kHz, and 1 s of silence."""
    with wave.open(str(AUDIO / file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (2 * rate, 1, 3)
        frames = sound.readframes(sound.getnframes())
    # Of every other sample, the upper two bytes.
    return b"".join(frames[at + 1 : at + 3] for at in range(0, len(frames), 6)) + bytes(2 * rate)


SPEECH, TEXT = spoken("en_48k_24bit.wav"), "OPEN SEVEN CLOSE"


def test_the_example_of_the_documentation_prints_what_is_said(tmp_path):
    [example] = re.findall(r"```python\n(.*?)```", (REPOSITORY / "docs/realtime.md").read_text(), re.DOTALL)
    assert example.count("http://127.0.0.1:8000") == 1
    (tmp_path / "live.py").write_text(example.replace("http://127.0.0.1:8000", URL))
    program = subprocess.Popen(
        [sys.executable, "-u", "live.py"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = threading.Timer(PATIENCE, program.kill)
    deadline.start()
    with program:
        program.stdin.write(2 * SPEECH)
        program.stdin.close()
        expected = f"{TEXT}\n{TEXT}\n"
        printed = program.stdout.read(len(expected)).decode()
        program.kill()
        assert printed == expected, program.stderr.read().decode()
    deadline.cancel()


def test_the_program_in_the_readme_prints_what_a_recording_says(tmp_path):
    [program] = re.findall(r"```python\n(import asyncio.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    for text, other in [("http://127.0.0.1:8000", URL), (".deps/speech/two_cities.wav", str(AUDIO / "en_digits_16k.wav"))]:
        assert program.count(text) == 1
        program = program.replace(text, other)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout == "ONE TWO THREE FOUR"


class Session:
    """A session of the client, whose events are checked as they arrive: they must be of the class that the client makes of
    them, and must pass its validation, which the client itself leaves out."""

    def __init__(self, connection):
        self.connection = connection
        self.events = []

    async def update(self, **audio_input):
        await self.connection.session.update(session={"type": "transcription", "audio": {"input": audio_input}})
        return (await self.until("session.updated")).session

    async def say(self, sound, step=4800):
        for at in range(0, len(sound), step):
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(sound[at : at + step]).decode())

    async def until(self, kind):
        while True:
            message = await asyncio.wait_for(self.connection.recv_bytes(), PATIENCE)
            event = EVENTS.validate_json(message)
            assert type(self.connection.parse_event(message)) is type(event)
            assert event.type == kind or event.type != "error", event
            self.events.append(event)
            if event.type == kind:
                return event

    def deltas(self, turn):
        kind = TRANSCRIPTION + "delta"
        return "".join(event.delta for event in self.events if event.type == kind and event.item_id == turn.item_id)


def live(scenario, **options):
    """Runs a scenario in a session that has begun."""

    async def run():
        client = openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key="none")
        async with client, client.realtime.connect(extra_query={"intent": "transcription"}, **options) as connection:
            session = Session(connection)
            await session.until("session.created")
            await scenario(session)

    asyncio.run(run())


TURN_DETECTIONS = [
    {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500},
    {"type": "semantic_vad", "eagerness": "high"},
    None,
]


@pytest.mark.parametrize("detection", TURN_DETECTIONS)
def test_the_deltas_of_a_turn_make_up_its_text(detection):
    async def scenario(session):
        transcription = {"model": "transducer", "language": "en", "delay": "minimal"}
        updated = await session.update(
            format={"type": "audio/pcm", "rate": 24_000}, turn_detection=detection, transcription=transcription,
            noise_reduction={"type": "near_field"})
        assert updated.type == "transcription"
        assert updated.audio.input.transcription.model == "transducer"
        assert (updated.audio.input.turn_detection and updated.audio.input.turn_detection.type) == (
            detection and detection["type"])
        for _ in range(2):
            await session.say(SPEECH)
            if detection is None:
                await session.connection.input_audio_buffer.commit()
            turn = await session.until(TRANSCRIPTION + "completed")
            assert turn.transcript == session.deltas(turn) == TEXT
            assert turn.usage.type == "duration" and turn.usage.seconds > 1

    live(scenario)


def test_the_client_clears_and_asks_for_probabilities():
    async def scenario(session):
        include = ["item.input_audio_transcription.logprobs"]
        settings = {"transcription": {"model": "whisper"}, "turn_detection": None}
        await session.connection.session.update(
            session={"type": "transcription", "include": include, "audio": {"input": settings}})
        assert (await session.until("session.updated")).session.include == include
        await session.say(SPEECH)
        await session.connection.input_audio_buffer.clear()
        await session.until("input_audio_buffer.cleared")
        await session.say(SPEECH)
        await session.connection.input_audio_buffer.commit(event_id="mine")
        assert (await session.until(TRANSCRIPTION + "completed")).transcript == TEXT.lower()

    live(scenario)


def test_an_error_names_the_clients_event():
    async def scenario(session):
        await session.update(turn_detection=None)
        await session.connection.input_audio_buffer.commit(event_id="mine")
        event = await session.until("error")
        assert (event.error.code, event.error.event_id) == ("input_audio_buffer_commit_empty", "mine")

    live(scenario)


def test_the_client_without_asyncio_hears_the_same():
    with openai.OpenAI(base_url=f"{URL}/v1", api_key="none") as client:
        with client.realtime.connect(model="whisper", extra_query={"intent": "transcription"}) as connection:
            connection.input_audio_buffer.append(audio=base64.b64encode(SPEECH).decode())
            for event in connection:
                assert event.type != "error", event
                if event.type == TRANSCRIPTION + "completed":
                    assert event.transcript == TEXT.lower()
                    return


def names(*types):
    """The names that types of the client list."""
    for of in types:
        if typing.get_origin(of) is typing.Literal:
            yield from typing.get_args(of)
        else:
            yield from names(*typing.get_args(of))


NAMES = sorted({*names(AudioModel), *names(AudioTranscription.model_fields["model"].annotation)})


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_openais_models_means_the_default_model(name):
    async def scenario(session):
        # OpenAI has no turn detection for these two, so their users leave it out and commit.
        detects = name not in ["gpt-live-transcribe", "gpt-realtime-whisper"]
        updated = await session.update(transcription={"model": name})
        assert (updated.audio.input.turn_detection is not None) == detects
        await session.say(SPEECH)
        if not detects:
            await session.connection.input_audio_buffer.commit()
        assert (await session.until(TRANSCRIPTION + "completed")).transcript == TEXT

    live(scenario)
