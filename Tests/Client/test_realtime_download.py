"""A live session whose model is being downloaded: see live.py. The server has the models `transducer` (its default) and
`fetched`; the web server that has the files of `fetched`, the process ASR2CLIP_WEB_PID, is stopped."""

import asyncio
import json
import os
import signal
import urllib.request

from conftest import URL
from live import PCM, SILENCE, SOCKET, TRANSCRIPTION, live, samples


def get(path):
    with urllib.request.urlopen(URL + path) as answer:
        return json.load(answer)


def test_a_session_begins_while_its_model_is_downloaded():
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        await session.say(SILENCE * 50 + samples("en_word_16k.wav"), seconds=1)
        # Events behind the audio are answered as well.
        await session.update(transcription={"language": "en"})
        await session.send("input_audio_buffer.commit")
        [shown] = get("/v1/ps")["sessions"]
        assert (shown["model"], shown["audio_seconds"] >= 50) == ("fetched", True)
        assert get("/v1/models/fetched")["status"] == "downloading"
        os.kill(int(os.environ["ASR2CLIP_WEB_PID"]), signal.SIGCONT)
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "stop"

    live(scenario, SOCKET + "?model=fetched")
