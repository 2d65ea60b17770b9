"""LiteLLM's proxy between OpenAI's client and the server."""

import asyncio
import base64
import sys
import tempfile

import openai
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from harness.paths import DEPS
from talk import BECKETT, CITIES, KEY, MODEL, URL, Heard, report, running, sound_at_24_khz, spoken, until

PORT, PROXY_KEY = 4000, "sk-key-of-the-proxy"
EVENTS = TypeAdapter(RealtimeServerEvent)
TRANSCRIPTION = "conversation.item.input_audio_transcription."
CONFIGURATION = f"""
model_list:
  - model_name: speech
    litellm_params: {{model: openai/{MODEL}, api_base: "{URL}/v1", api_key: "{KEY}"}}
general_settings:
  master_key: "{PROXY_KEY}"
"""


def client():
    return openai.AsyncOpenAI(base_url=f"http://127.0.0.1:{PORT}/v1", api_key=PROXY_KEY)


async def say(turn_detection, sound):
    """Says a sound in a session, and checks every event. Returns the texts, and the parts that came before."""
    events = []
    intent = {"intent": "transcription"}
    async with client() as openai, openai.realtime.connect(model="speech", extra_query=intent) as connection:

        async def hear():
            while True:
                event = EVENTS.validate_json(await connection.recv_bytes())
                assert event.type != "error", event
                events.append(event)

        def of(kind):
            return [event for event in events if event.type == kind]

        hearing = asyncio.create_task(hear())
        audio = {"turn_detection": turn_detection, "transcription": {"model": "speech", "language": "en"}}
        await connection.session.update(session={"type": "transcription", "audio": {"input": audio}})
        await until(lambda: hearing.done() or of("session.updated"))
        async for piece in spoken(sound, 24_000):
            await connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
        if turn_detection is None:
            await connection.input_audio_buffer.commit()
        ended = "input_audio_buffer.committed" if turn_detection is None else "input_audio_buffer.speech_started"
        await until(lambda: hearing.done() or len(of(ended)) == len(of(TRANSCRIPTION + "completed")) > 0)
        if hearing.done():
            hearing.result()
        hearing.cancel()
    texts = [event.transcript for event in of(TRANSCRIPTION + "completed")]
    return " ".join(texts), "".join(event.delta for event in of(TRANSCRIPTION + "delta"))


async def hears_turns():
    """turns that the server detects; every event passes OpenAI's own types"""
    return Heard([CITIES], *await say({"type": "server_vad"}, sound_at_24_khz(CITIES)))


async def commits():
    """a turn that the client commits"""
    return Heard([CITIES], *await say(None, sound_at_24_khz(CITIES)))


async def sends_files():
    """POST /v1/audio/transcriptions"""
    async with client() as openai:
        with (DEPS / "speech" / BECKETT).open("rb") as file:
            return Heard([BECKETT], (await openai.audio.transcriptions.create(model="speech", file=file)).text)


async def main():
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(CONFIGURATION)
        file.flush()
        command = [sys.executable, "-P", "-m", "litellm.proxy.proxy_cli", "--config", file.name]
        command += ["--host", "127.0.0.1", "--port", f"{PORT}"]
        local = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        async with running(*command, port=PORT, environment=local):
            await report(hears_turns, commits, sends_files)


asyncio.run(main())
