"""What the tests of the documents share: a server, which EndToEndTests/OpenAPITests.swift starts."""

import json
import os
import urllib.request
from pathlib import Path

import pytest

URL = os.environ["ASR2CLIP_URL"]
# A server may require a key.
KEY = os.environ.get("ASR2CLIP_KEY")
REPOSITORY = Path(__file__).resolve().parent.parent.parent
AUDIO = REPOSITORY / "Tests" / "Fixtures" / "audio"


def get(path):
    with urllib.request.urlopen(URL + path) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def openapi():
    return get("/openapi.json")


@pytest.fixture(scope="session")
def asyncapi():
    return get("/asyncapi.json")
