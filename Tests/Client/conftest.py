"""What the tests share: the official OpenAI client of a running server, set up by EndToEndTests/OpenAIClientTests.swift."""

import os
from pathlib import Path

import openai
import pytest

URL = os.environ["ASR2CLIP_URL"]
REPOSITORY = Path(__file__).resolve().parent.parent.parent
AUDIO = REPOSITORY / "Tests" / "Fixtures" / "audio"


class Requests(list):
    """The requests that went out, retries included."""

    def hook(self, request):
        self.append(request)


@pytest.fixture
def requests():
    return Requests()


@pytest.fixture
def client(requests):
    http_client = openai.DefaultHttpxClient(event_hooks={"request": [requests.hook]}, trust_env=False)
    with openai.OpenAI(base_url=f"{URL}/v1", api_key="not-used", http_client=http_client) as client:
        yield client


@pytest.fixture
def transcribe(client):
    def transcribe(file="en_digits_16k.wav", model="sense_voice", **options):
        return client.audio.transcriptions.create(file=AUDIO / file, model=model, **options)

    return transcribe
