"""What a node makes of a server's answers."""

import dataclasses
import threading

import pytest
from archive.asking import Outcome, ask
from archive.first import FirstAnswer
from archive.tries import Away
from harness.registry import MODELS, registry
from harness.serving import serving
from servers import answering, free_port, question
from conftest import CLIP, FIXTURES, SERVER, TEXT, URL


def test_a_recording_is_answered():
    outcome = ask(question(), str(CLIP), "here")
    assert (outcome.kind, outcome.content.strip(), outcome.node) == ("done", TEXT, "here")


def test_a_recording_that_cannot_be_decoded_fails_alone():
    outcome = ask(question(), str(FIXTURES / "audio/bad_text.wav"), "here")
    assert outcome.kind == "failed" and outcome.content.startswith("400: ")


@pytest.mark.parametrize(
    "wrong", [{"key": "wrong"}, {"model": "unknown"}, {"language": "no language"}, {"url": f"{URL}/v2"}])
def test_failures_that_every_recording_would_have_are_told_apart(wrong):
    assert ask(question(**wrong), str(CLIP), "here").kind == "hopeless"


def test_a_node_gives_up_a_server_that_stays_away():
    with pytest.raises(Away, match="does not answer"):
        ask(question(f"http://127.0.0.1:{free_port()}/v1", patience=1), str(CLIP), "here")


def test_a_node_waits_for_a_server_that_starts(tmp_path):
    port, outcomes = free_port(), []
    asking = threading.Thread(
        target=lambda: outcomes.append(ask(question(f"http://127.0.0.1:{port}/v1"), str(CLIP), "here")))
    asking.start()
    config = tmp_path / "models.yaml"
    config.write_text(registry(MODELS["transducer"]))
    with serving(SERVER, "--port", str(port), config=config):
        asking.join()
    assert outcomes[0].content.strip() == TEXT


def test_a_full_server_is_waited_for_however_long():
    """Also if it asks for more seconds than the patience has: each refusal begins the patience anew."""
    full = 429, {"Retry-After": "2"}, b'{"error": {"message": "full"}}'
    with answering(full, full, (200, {}, b"text")) as (url, asked):
        outcome = ask(question(f"{url}/v1", patience=1), str(CLIP), "here")
    assert (outcome.content, asked) == ("text", ["/v1/audio/transcriptions"] * 3)


LOGIN = b"<!DOCTYPE html><title>Who are you?</title>"
CUES = b"1\n00:00:00,000 --> 00:00:01,000\ntext\n\n"


@pytest.mark.parametrize("form, type, body, kind", [
    ("text", "text/plain", b"a < b", "done"), ("text", "text/plain", b"", "done"),
    ("text", "text/html", b"text", "hopeless"), ("srt", "", b"\n" + LOGIN, "hopeless"), ("vtt", "", LOGIN, "hopeless"),
    ("json", "application/json", LOGIN, "hopeless"),
    ("srt", "", CUES, "done"), ("srt", "", CUES.replace(b"\n", b"\r\n"), "done"), ("srt", "", b"", "done"),
    ("srt", "", b"text", "failed"), ("vtt", "", b"WEBVTT\n\n", "done"), ("vtt", "", CUES, "failed"),
    ("json", "", b'{"text": ""}', "done"), ("verbose_json", "", b'{"text": ""}', "done"),
    ("json", "", b'{"error": ""}', "failed"), ("json", "", b"[]", "failed"), ("json", "", b"text", "failed"),
])
def test_an_answer_must_be_a_transcript(form, type, body, kind):
    with answering((200, {"Content-Type": type} if type else {}, body)) as (url, asked):
        outcome = ask(question(f"{url}/v1", response_format=form), str(CLIP), "here")
    assert (outcome.kind, len(asked)) == (kind, 1), outcome
    assert kind != "done" or outcome.content == body.decode()


@pytest.mark.parametrize("form", ["text", "json", "verbose_json", "srt", "vtt"])
def test_answers_of_our_server_are_transcripts(form):
    outcome = ask(question(response_format=form), str(CLIP), "here")
    assert outcome.kind == "done" and TEXT in outcome.content


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_server_that_redirects_ends_the_run(status):
    with answering((status, {"Location": "/elsewhere"}, b"")) as (url, asked):
        outcome = ask(question(f"{url}/v1"), str(CLIP), "here")
    assert outcome.kind == "hopeless" and f"({status})" in outcome.content and len(asked) == 1


@pytest.mark.parametrize("status, code", [(502, "upstream_failed"), (504, "upstream_timeout")])
def test_a_recording_at_which_servers_elsewhere_fail_is_not_sent_without_end(status, code):
    failure = status, {}, b'{"error": {"message": "It failed.", "code": "%s"}}' % code.encode()
    with answering(failure, failure, (200, {}, b"text")) as (url, asked):
        assert ask(question(f"{url}/v1"), str(CLIP), "here").content == "text"
    with answering(failure) as (url, asked):
        outcome = ask(question(f"{url}/v1"), str(CLIP), "here")
    assert (outcome.kind, outcome.content, len(asked)) == ("failed", f"{status}: It failed.", 3)


@pytest.mark.parametrize("wrong", [{"key": "two\nlines"}, {"url": "http://127.0.0.1:http/v1"}])
def test_a_request_that_cannot_be_made_ends_the_run(wrong):
    outcome = ask(question(**wrong), str(CLIP), "here")
    assert outcome.kind == "hopeless" and "lines" not in outcome.content


def test_a_server_that_nobody_has_reached_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("archive.asking.FIRST_PATIENCE", 1)
    first = dataclasses.replace(question(f"http://127.0.0.1:{free_port()}/v1", patience=3600), is_known=False)
    outcome = ask(first, str(CLIP), "here")
    assert (outcome.kind, outcome.is_answered) == ("unanswered", False) and "does not answer" in outcome.content


def test_a_server_that_is_busy_at_first_is_there(monkeypatch):
    monkeypatch.setattr("archive.asking.FIRST_PATIENCE", 1)
    busy = 503, {"Retry-After": "2"}, b""
    with answering(busy, (200, {}, b"text")) as (url, asked):
        outcome = ask(dataclasses.replace(question(f"{url}/v1"), is_known=False), str(CLIP), "here")
    assert (outcome.content, outcome.is_answered, len(asked)) == ("text", True, 2)


def test_recordings_without_a_server_are_handed_out_again_after_the_first_answer():
    first, none, done = FirstAnswer(), Outcome("unanswered", "", "a"), Outcome("done", "text", "b", is_answered=True)
    assert first.takes("one", none) and first.again() == []
    assert not first.takes("two", Outcome("failed", "its address answers 404", "a")) and not first.is_here
    assert not first.takes("three", done) and first.is_here
    assert first.again() == ["one"] and first.again() == []
    # It was handed out before the first answer came.
    assert first.takes("four", none) and first.again() == ["four"]
