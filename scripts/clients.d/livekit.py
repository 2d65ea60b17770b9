"""LiveKit's agents: their speech-to-text for OpenAI, with `use_realtime`."""

import asyncio
import contextlib

from livekit import rtc
from livekit.agents import inference, stt, utils
from livekit.plugins import openai

from harness.speech import RATE
from talk import BECKETT, CITIES, KEY, MODEL, URL, Heard, report, sound, spoken, until

STARTED, INTERIM = stt.SpeechEventType.START_OF_SPEECH, stt.SpeechEventType.INTERIM_TRANSCRIPT
FINAL, ENDED = stt.SpeechEventType.FINAL_TRANSCRIPT, stt.SpeechEventType.END_OF_SPEECH


@contextlib.asynccontextmanager
async def recognizer(model=MODEL, **options):
    async with utils.http_context.open():
        async with openai.STT(model=model, base_url=f"{URL}/v1", api_key=KEY, use_realtime=True, **options) as speech:
            yield speech


async def say(speech, sound):
    """Says a sound in a stream of its own. Returns the final texts, and whether there were texts before them."""
    events = []
    async with speech.stream() as stream:

        async def hear():
            async for event in stream:
                events.append(event)

        def count(kind):
            return sum(event.type == kind for event in events)

        hearing = asyncio.create_task(hear())
        async for piece in spoken(sound):
            if hearing.done():
                break
            stream.push_frame(rtc.AudioFrame(piece, RATE, 1, len(piece) // 2))
        await until(lambda: hearing.done() or count(STARTED) == count(ENDED) == count(FINAL) > 0)
        if hearing.done():
            hearing.result()
    texts = [event.alternatives[0].text for event in events if event.type == FINAL]
    return " ".join(texts), count(INTERIM) > 0


async def hears_turns():
    """turns that the server detects, with texts in between"""
    async with recognizer() as speech:
        text, has_interims = await say(speech, sound(CITIES))
    assert has_interims
    return Heard([CITIES], text)


async def speaks_again():
    """two streams, one after the other"""
    # Beckett's pauses of a second are no ends of turns here.
    async with recognizer(turn_detection={"silence_duration_ms": 2000}) as speech:
        texts = [(await say(speech, sound(BECKETT)))[0] for _ in range(2)]
    return Heard([BECKETT] * 2, " ".join(texts))


async def commits():
    """turns that LiveKit's own detector commits, as for the model `gpt-live-transcribe`"""
    async with recognizer("gpt-live-transcribe") as speech:
        return Heard([BECKETT] * 2, (await say(speech, sound(BECKETT, BECKETT)))[0])


async def commits_late():
    """the same with a pause of 0.8 s, which is longer than the server's own"""
    detector = inference.VAD(model="silero", min_silence_duration=0.8)
    async with recognizer("gpt-live-transcribe", vad=detector) as speech:
        return Heard([BECKETT] * 2, (await say(speech, sound(BECKETT, BECKETT)))[0])


async def has_settings():
    """language, prompt, `semantic_vad` and noise reduction"""
    options = {
        "language": "en", "prompt": "A reading of Worstward Ho.", "noise_reduction_type": "near_field",
        "turn_detection": {"type": "semantic_vad", "eagerness": "low"},
    }
    async with recognizer(**options) as speech:
        return Heard([BECKETT], (await say(speech, sound(BECKETT)))[0])


async def sends_files():
    """`recognize`, which asks POST /v1/audio/transcriptions"""
    async with utils.http_context.open():
        async with openai.STT(model="whisper-1", base_url=f"{URL}/v1", api_key=KEY) as speech:
            piece = sound(BECKETT)
            event = await speech.recognize(rtc.AudioFrame(piece, RATE, 1, len(piece) // 2))
    return Heard([BECKETT], event.alternatives[0].text)


asyncio.run(report(hears_turns, speaks_again, commits, commits_late, has_settings, sends_files))
