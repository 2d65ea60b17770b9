"""Live sessions with the model `far`, the server's default, which is on another asr2clip with the model `transducer`; the
processes are ASR2CLIP_PID and ASR2CLIP_FAR_PID. If that is gone, `near` takes the place."""

import asyncio
import json
import os
import signal
import time
import urllib.request

import pytest
import websockets

from conftest import URL
from live import PCM, SILENCE, SOCKET, TRANSCRIPTION, ended_by_the_server, live, samples
from metrics import Metrics


@pytest.mark.parametrize("query", ["", "?intent=transcription", "?model=far", "?intent=transcription&model=other"])
def test_a_turn_has_all_its_events_in_order(query):
    async def scenario(session):
        updated = await session.update(format=PCM)
        name = "other" if "other" in query else "far"
        assert updated["session"]["audio"]["input"]["transcription"]["model"] == name
        assert updated["session"]["id"] == session.events[0]["session"]["id"]
        await session.say(SILENCE + samples("en_digits_16k.wav") + SILENCE)
        completed = await session.until(TRANSCRIPTION + "completed")
        assert completed["transcript"] == "ONE TWO THREE FOUR"
        deltas = [event["delta"] for event in session.events if event["type"] == TRANSCRIPTION + "delta"]
        assert "".join(deltas) == completed["transcript"]
        assert [kind for kind in session.kinds() if kind != TRANSCRIPTION + "delta"] == [
            "session.created",
            "session.updated",
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            TRANSCRIPTION + "completed",
        ]

    live(scenario, SOCKET + query)


def test_the_client_commits_where_turns_are_not_detected():
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        for file, expected in [("en_digits_16k.wav", "ONE TWO THREE FOUR"), ("en_word_16k.wav", "STOP")]:
            await session.say(samples(file), seconds=10)
            await session.send("input_audio_buffer.commit")
            assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == expected
        assert not any("speech" in kind for kind in session.kinds())

    live(scenario)


@pytest.mark.parametrize(
    "message, code",
    [
        ({"type": "response.create", "event_id": "mine"}, "unsupported_value"),
        ({"type": "conversation.item.create", "event_id": "mine", "item": {}}, "unsupported_value"),
        ({"type": "input_audio_buffer.append", "event_id": "mine", "audio": "?"}, "invalid_value"),
        ({"type": "session.update", "event_id": "mine", "session": {"type": "realtime"}}, "invalid_value"),
        (
            {
                "type": "session.update",
                "event_id": "mine",
                "session": {"audio": {"input": {"transcription": {"model": "near"}}}},
            },
            "unsupported_value",
        ),
        ({"type": "input_audio_buffer.commit", "event_id": "mine"}, "input_audio_buffer_commit_empty"),
    ],
)
def test_an_error_leaves_the_session_alive_and_names_the_event(message, code):
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        await session.socket.send(json.dumps(message))
        error = (await session.until("error"))["error"]
        assert (error["code"], error["event_id"]) == (code, "mine")
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


def ps():
    with urllib.request.urlopen(f"{URL}/v1/ps") as answer:
        return json.load(answer)["sessions"]


def count(metric, *labels):
    """The sum of a metric's values for the model."""
    wanted = {("model", "far"), *labels}
    return sum(value for (name, own), value in Metrics().values.items() if name == metric and wanted <= own)


def test_sessions_are_listed_and_counted():
    async def scenario(session):
        await session.update(format=PCM)
        await session.say(SILENCE)
        while not (sessions := ps()) or sessions[0]["audio_seconds"] < 1:
            await asyncio.sleep(0.05)
        assert sessions[0]["model"] == "far"
        assert count("asr2clip_upstream_requests_in_flight") == 1

    live(scenario)
    deadline = time.monotonic() + 60
    while ps():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert count("asr2clip_live_turns_total", ("outcome", "completed")) > 0


def test_y_a_server_that_dies_ends_its_sessions_and_the_fallback_hears_the_next():
    async def scenario(session):
        await session.update(format=PCM)
        await session.say(SILENCE)
        os.kill(int(os.environ["ASR2CLIP_FAR_PID"]), signal.SIGKILL)
        assert (await session.until("error"))["error"]["code"] == "upstream_failed"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await session.until("nothing")
        assert closed.value.rcvd.code == 1011

    live(scenario)

    async def fallback(session):
        assert session.socket.response.headers["x-asr-fallback"] == "near"
        await session.update(format=PCM, turn_detection=None)
        await session.say(samples("en_word_16k.wav"))
        await session.send("input_audio_buffer.commit")
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"].lower() == "stop"

    live(fallback)


def test_z_a_server_that_stops_has_the_open_turn_completed():
    live(ended_by_the_server)
