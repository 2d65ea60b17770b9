"""Live sessions on a server that does what it must not; ASR2CLIP_CASE says what."""

import asyncio
import json
import os

import websockets

from live import SOCKET

KEY = os.environ["ASR2CLIP_SECRET"]
OURS = {"session.created", "session.updated", "error"}


async def listen():
    """Opens a session, asks for what it must not have, and listens to its end: the events, and the code of the close."""
    headers = {"api-key": "client-secret", "cookie": "a=client-secret", "x-other": "client-secret"}
    events = []
    try:
        async with websockets.connect(
            SOCKET, max_size=None, compression=None, proxy=None, additional_headers=headers
        ) as socket:
            await socket.send(json.dumps({"type": "response.create", "response": {"instructions": "forbidden"}}))
            await socket.send('{"type": "input_audio_buffer.append", "type": "response.create", "audio": "AAAA"}')
            await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": "AAAA", "extra": "forbidden"}))
            while True:
                message = await asyncio.wait_for(socket.recv(), 60)
                assert KEY not in message
                events.append(json.loads(message))
    except websockets.InvalidStatus as refusal:
        assert KEY.encode() not in refusal.response.body
        return events, refusal.response.status_code
    except websockets.ConnectionClosed as closed:
        return events, closed.rcvd.code if closed.rcvd else None


def test_the_session_ends_as_expected():
    events, code = asyncio.run(listen())
    assert code == int(os.environ["ASR2CLIP_CODE"]), events
    kinds = [event["type"] for event in events]
    if code > 999:
        assert kinds[0] == "session.created"
        assert events[0]["session"]["audio"]["input"]["transcription"]["model"] == "far"
    wanted = set(filter(None, os.environ.get("ASR2CLIP_PASSED", "").split(",")))
    assert {kind for kind in kinds if kind not in OURS} == wanted
    assert len(events) < 10_000
    if code == 1011:
        assert events[-1]["error"]["code"] == "upstream_failed"
