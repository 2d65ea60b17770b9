"""wyoming-openai, the bridge from Home Assistant's protocol: a client of that protocol speaks to it, and it to the server."""

import asyncio
import sys
import wave

from wyoming.asr import Transcribe, Transcript, TranscriptChunk
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.info import Describe, Info

from harness.paths import DEPS
from harness.speech import RATE
from talk import BECKETT, CITIES, KEY, MODEL, URL, Heard, report, running, sound, spoken

PORT = 10300


async def say(client, sound, rate=RATE, channels=1, model=MODEL):
    """Says one utterance. Returns its text, and the chunks that came before."""
    await client.write_event(Transcribe(name=model, language="en").event())
    await client.write_event(AudioStart(rate=rate, width=2, channels=channels).event())
    async for piece in spoken(sound, rate * channels):
        await client.write_event(AudioChunk(rate=rate, width=2, channels=channels, audio=piece).event())
    await client.write_event(AudioStop().event())
    chunks = []
    while event := await client.read_event():
        if TranscriptChunk.is_type(event.type):
            chunks.append(TranscriptChunk.from_event(event).text)
        elif Transcript.is_type(event.type):
            return Transcript.from_event(event).text, "".join(chunks)
        elif Error.is_type(event.type):
            raise RuntimeError(Error.from_event(event).text)
    raise ConnectionError("the bridge closed the connection")


async def names_its_models():
    """names the live model to Home Assistant"""
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())
    live = [model.name for program in info.asr if program.supports_transcript_streaming for model in program.models]
    assert MODEL in live, info
    return Heard([], "")


async def speaks_three_times():
    """three utterances over one connection, their text in chunks"""
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        texts, chunks = zip(*[await say(client, sound(BECKETT)) for _ in range(3)])
    return Heard([BECKETT] * 3, " ".join(texts), " ".join(chunks))


async def converts():
    """44 s of stereo at 48 kHz in one utterance"""
    with wave.open(str(DEPS / "speech" / CITIES)) as file:
        rate, mono = file.getframerate(), memoryview(file.readframes(file.getnframes())).cast("h")
    stereo = bytearray(4 * len(mono))
    both = memoryview(stereo).cast("h")
    both[::2] = both[1::2] = mono
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        return Heard([CITIES], *await say(client, bytes(stereo), rate, channels=2))


async def is_silent():
    """an utterance without speech has an empty text"""
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        return Heard([], *await say(client, bytes(4 * RATE)))


async def leaves():
    """a client leaves in the middle of an utterance; the next one is served"""
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        await client.write_event(Transcribe(name=MODEL).event())
        await client.write_event(AudioStart(rate=RATE, width=2, channels=1).event())
        await client.write_event(AudioChunk(rate=RATE, width=2, channels=1, audio=sound(BECKETT)[: 4 * RATE]).event())
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        return Heard([BECKETT], *await say(client, sound(BECKETT)))


async def sends_files():
    """the same with a model that is asked by POST /v1/audio/transcriptions, as a stream"""
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        return Heard([BECKETT], *await say(client, sound(BECKETT), model="whisper-1"))


async def main():
    address, server = f"tcp://127.0.0.1:{PORT}", ["--stt-openai-url", f"{URL}/v1", "--stt-openai-key", KEY]
    models = ["--stt-realtime-models", MODEL, "--stt-streaming-models", "whisper-1"]
    async with running(sys.executable, "-P", "-m", "wyoming_openai", "--uri", address, *server, *models, port=PORT):
        await report(names_its_models, speaks_three_times, converts, is_silent, leaves, sends_files)


asyncio.run(main())
