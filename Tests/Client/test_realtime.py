"""Live sessions with the official OpenAI client's types: see live.py. The server has the models `transducer` (its default)
and `whisper`."""

import asyncio
import json
import os
import signal
import urllib.request

import pytest

from conftest import URL
from live import PCM, SILENCE, SOCKET, TRANSCRIPTION, live, samples
from metrics import Metrics


@pytest.mark.parametrize("query", ["", "?intent=transcription", "?model=transducer", "?intent=transcription&model=transducer"])
def test_a_turn_has_all_its_events_in_order(query):
    async def scenario(session):
        updated = await session.update(format=PCM)
        assert updated["session"]["audio"]["input"]["transcription"]["model"] == "transducer"
        await session.say(SILENCE + samples("en_digits_16k.wav") + SILENCE)
        completed = await session.until(TRANSCRIPTION + "completed")
        assert completed["transcript"] == "ONE TWO THREE FOUR"
        assert completed["usage"]["type"] == "duration"
        deltas = [event["delta"] for event in session.events if event["type"] == TRANSCRIPTION + "delta"]
        assert "".join(deltas) == completed["transcript"]
        kinds = [kind for kind in session.kinds() if kind != TRANSCRIPTION + "delta"]
        assert kinds == [
            "session.created",
            "session.updated",
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            TRANSCRIPTION + "completed",
        ]
        started, stopped, committed = session.events[2], *[
            next(event for event in session.events if event["type"] == f"input_audio_buffer.{kind}")
            for kind in ["speech_stopped", "committed"]
        ]
        assert {started["item_id"], stopped["item_id"], committed["item_id"]} == {completed["item_id"]}
        assert 600 <= started["audio_start_ms"] <= 1100
        assert committed["previous_item_id"] is None
        assert len({event["event_id"] for event in session.events}) == len(session.events)

    live(scenario, SOCKET + query)


def test_the_client_commits_where_turns_are_not_detected():
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        for expected in ["ONE TWO THREE FOUR", "STOP"]:
            file = "en_digits_16k.wav" if expected != "STOP" else "en_word_16k.wav"
            await session.say(samples(file))
            await session.send("input_audio_buffer.commit")
            assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == expected
        committed = [event for event in session.events if event["type"] == "input_audio_buffer.committed"]
        assert committed[1]["previous_item_id"] == committed[0]["item_id"]
        assert not any("speech" in kind for kind in session.kinds())

    live(scenario)


def test_another_model_goes_on_in_the_same_session():
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        await session.say(samples("en_word_16k.wav"))
        await session.send("input_audio_buffer.commit")
        await session.until(TRANSCRIPTION + "completed")
        await session.update(transcription={"model": "whisper", "language": "en"})
        await session.say(samples("en_digits_16k.wav"))
        await session.send("input_audio_buffer.commit")
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "one two three four"

    live(scenario)


@pytest.mark.parametrize(
    ("message", "code", "parameter"),
    [
        ('{"type": "response.create", "event_id": "e1"}', "unsupported_value", "type"),
        ("no JSON", "invalid_value", "type"),
        ('{"type": "input_audio_buffer.commit", "event_id": "e1"}', "input_audio_buffer_commit_empty", None),
        ('{"type": "input_audio_buffer.append", "audio": "§"}', "invalid_value", "audio"),
        (
            '{"type": "session.update", "session": {"audio": {"input": {"transcription": {"model": "no-such"}}}}}',
            "model_not_found",
            "model",
        ),
        (
            '{"type": "session.update", "session": {"include": ["x"]}}',
            "invalid_value",
            "session.include[0]",
        ),
        (
            '{"type": "session.update", "session": {"audio": {"input": {"transcription":'
            ' {"model": "whisper", "language": "xx"}}}}}',
            "unsupported_value",
            "session.audio.input.transcription.language",
        ),
    ],
)
def test_an_error_leaves_the_session_alive_and_unchanged(message, code, parameter):
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        await session.socket.send(message)
        error = (await session.until("error"))["error"]
        assert (error["code"], error["param"]) == (code, parameter)
        assert error["event_id"] == ("e1" if "e1" in message else None)
        await session.hear_a_word()

    live(scenario)


def test_cleared_audio_has_no_text():
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        await session.say(samples("en_digits_16k.wav"))
        await session.send("input_audio_buffer.clear")
        await session.until("input_audio_buffer.cleared")
        await session.hear_a_word()

    live(scenario)


def test_sessions_and_their_turns_are_counted():
    async def scenario(session):
        assert Metrics()["asr2clip_live_sessions"] == before["asr2clip_live_sessions"] + 1
        await session.update(format=PCM)
        await session.say(samples("en_digits_16k.wav") + SILENCE)
        await session.until(TRANSCRIPTION + "completed")

    def grown(name, **labels):
        return after[name, labels] - before[name, labels]

    before = Metrics()
    live(scenario)
    while (after := Metrics())["asr2clip_live_sessions"] != before["asr2clip_live_sessions"]:
        pass
    assert grown("asr2clip_live_sessions_ended_total", ending="client") == 1
    assert grown("asr2clip_live_turns_total", model="transducer", outcome="completed") == 1
    assert 1 < grown("asr2clip_live_audio_seconds_total", model="transducer") < 4
    assert grown("asr2clip_live_text_delay_seconds_count", model="transducer") == 1


def engines():
    with urllib.request.urlopen(URL + "/v1/ps") as answer:
        return json.load(answer)


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_session_outlives_its_engine(deaths):
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        sound = samples("en_digits_16k.wav")
        half = len(sound) // 4 * 2
        await session.say(sound[:half])
        for _ in range(deaths):
            await asyncio.sleep(0.3)
            [engine] = [engine for engine in engines()["data"] if engine["model"] == "transducer"]
            os.kill(engine["pid"], signal.SIGKILL)
            while any(other["pid"] == engine["pid"] or other["status"] != "loaded" for other in engines()["data"]) or not any(
                other["model"] == "transducer" for other in engines()["data"]
            ):
                await asyncio.sleep(0.1)
        await session.say(sound[half:])
        await session.send("input_audio_buffer.commit")
        if deaths == 1:
            assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "ONE TWO THREE FOUR"
        else:
            await session.until(TRANSCRIPTION + "failed")
            # What was said after the failure is a turn of its own.
            await session.until(TRANSCRIPTION + "completed")
        await session.hear_a_word()

    live(scenario)


def test_sessions_are_listed_until_they_end():
    async def scenario(session):
        await session.update(format=PCM)
        await session.say(SILENCE)
        while not (sessions := engines()["sessions"]) or sessions[0]["audio_seconds"] < 1:
            await asyncio.sleep(0.05)
        assert sessions[0]["model"] == "transducer"
        assert sessions[0]["id"] == session.events[0]["session"]["id"]

    live(scenario)
    for _ in range(100):
        if not engines()["sessions"]:
            break
        asyncio.run(asyncio.sleep(0.1))
    assert not engines()["sessions"]


def test_a_file_sent_faster_than_real_time_is_heard_to_its_end():
    async def scenario(session):
        await session.update(format=PCM)
        phrase = samples("en_digits_16k.wav") + SILENCE

        async def say():
            await session.say(phrase * 60, seconds=5)

        speaking = asyncio.create_task(say())
        texts = [(await session.until(TRANSCRIPTION + "completed"))["transcript"] for _ in range(60)]
        await speaking
        # The tiny model hears one of the sixty differently, as it does in a file.
        assert texts.count("ONE TWO THREE FOUR") >= 58

    live(scenario)


def test_a_client_secret_opens_sessions():
    body = json.dumps({"expires_after": {"anchor": "created_at", "seconds": 60},
                       "session": {"type": "transcription", "audio": {"input": {"format": PCM}}}})
    request = urllib.request.Request(URL + "/v1/realtime/client_secrets", body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        secret = json.load(answer)
    assert secret["session"]["audio"]["input"]["format"] == {"type": "audio/pcm", "sample_rate": 16000}

    async def scenario(session):
        assert session.events[0]["session"]["audio"]["input"]["format"] == {"type": "audio/pcm", "sample_rate": 16000}
        assert session.socket.subprotocol == "realtime"

    protocols = ["realtime", f"openai-insecure-api-key.{secret['value']}"]
    live(scenario, subprotocols=protocols)
