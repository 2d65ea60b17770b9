"""Live sessions that do not go well: their recordings become files, and the page says why."""

import json
import re

import pytest
from playwright.sync_api import expect

from conftest import expect_toast, files, press_record, sentences, stored, toasts
from test_microphone import speaking, words  # noqa: F401

HEALTHY = {"status": "ok"}
# The length of a recording that has the first words, which come after LEAD seconds of silence.
WITH_WORDS = re.compile("0:0[89]|0:[1-9].")


def is_rescued(page):
    """Waits until the recording is a file with a text."""
    expect(page.locator("#record-state")).to_have_text("Ready to record")
    page.locator("[data-area=files]").click()
    expect(files(page, "done")).to_have_count(1)
    files(page, "done").locator("a").click()
    assert words(" ".join(sentences(page)))[:2] == ["it", "was"]


def test_a_recording_survives_a_lost_connection(visit, speaking, link):
    page = visit(link.url, path="/#microphone", browser=speaking)
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    link.cut()
    expect(page.locator("#microphone-notice")).to_contain_text("the recording is kept")
    # People who look at captions see it as well.
    page.keyboard.press("l")
    expect(page.locator("#captions-problem")).to_contain_text("the recording is kept")
    page.keyboard.press("Escape")
    press_record(page)
    expect_toast(page, "moved to Files")
    link.mend()
    is_rescued(page)


def test_a_session_that_the_server_refuses_is_not_heard_at_a_wrong_rate(visit, speaking):
    # The server refuses this one in its own words.
    script = """
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (text) { send.call(this, text.replace('"rate":16000', '"rate":1')); };
    """
    page = visit(path="/#microphone", browser=speaking, script=script)
    press_record(page)
    expect(page.locator("#microphone-notice")).to_contain_text("rate")
    expect(page.locator("#record-time")).to_have_text(WITH_WORDS)
    page.get_by_role("button", name="Stop and copy").click()
    expect_toast(page, "moved to Files")
    is_rescued(page)
    assert toasts(page, "No speech") == []


def test_a_connection_that_is_never_made_does_not_hold_up_the_end(visit, speaking, link):
    page = visit(link.url, path="/#microphone", browser=speaking)
    expect(page.locator("#server-state")).to_have_text("Ready")
    expect(page.locator("#speech-options-summary")).to_have_text("moonshine-tiny-en")

    def hold(route):
        link.hold()
        route.continue_()

    # It is the first thing that a session asks for.
    page.route("**/v1/models", hold)
    press_record(page)
    expect(page.locator("#record-state")).to_have_text("Connecting")
    expect(page.locator("#record-time")).to_have_text(WITH_WORDS)
    press_record(page)
    expect_toast(page, "moved to Files")
    link.go_on()
    is_rescued(page)


# Two minutes pass in no time.
HURRY = """
    const wait = window.setTimeout;
    window.setTimeout = (run, length, ...rest) => wait(run, length === 120_000 ? 1000 : length, ...rest);
"""


@pytest.mark.parametrize("held", ["request", "handshake"])
def test_a_connection_that_hangs_although_the_server_is_healthy_does_not_hold_up_the_end(visit, speaking, link, held):
    page = visit(link.url, path="/#microphone", browser=speaking, script=HURRY)
    expect(page.locator("#server-state")).to_have_text("Ready")
    expect(page.locator("#speech-options-summary")).to_have_text("moonshine-tiny-en")
    page.route("**/health", lambda route: route.fulfill(json=HEALTHY))

    def hold(route):
        response = route.fetch() if held == "handshake" else None
        link.hold()
        if response:
            route.fulfill(response=response)
        else:
            route.continue_()

    page.route("**/v1/models", hold, times=1)
    press_record(page)
    expect(page.locator("#record-time")).to_have_text(WITH_WORDS)
    expect(page.locator("#record-state")).to_have_text("Connecting")
    press_record(page)
    expect_toast(page, "moved to Files")
    expect(page.locator("#microphone-notice")).to_have_text("The server has said nothing for two minutes.")
    link.go_on()
    is_rescued(page)


def test_a_server_that_says_nothing_does_not_hold_up_the_end(visit, speaking, link):
    page = visit(link.url, path="/#microphone", browser=speaking, script=HURRY)
    page.route("**/health", lambda route: route.fulfill(json=HEALTHY))
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    link.hold()
    press_record(page)
    expect_toast(page, "moved to Files")
    expect(page.locator("#microphone-notice")).to_have_text("The server has said nothing for two minutes.")
    link.go_on()
    is_rescued(page)


def test_a_turn_that_failed_is_not_copied_as_a_text(visit, speaking):
    page = visit(path="/#microphone", browser=speaking)

    def fail(session):
        server = session.connect_to_server()

        def answer(message):
            event = json.loads(message)
            kind = event["type"].rpartition(".")[2]
            if kind == "completed":
                event["type"] = event["type"].replace("completed", "failed")
                event["error"] = {"message": "The engine has died."}
            if kind != "delta":
                session.send(json.dumps(event))

        server.on_message(answer)

    page.route_web_socket("**/v1/realtime**", fail)
    page.evaluate("navigator.clipboard.writeText('before')")
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("The engine has died.")
    expect(page.locator("#speech-copy")).to_be_disabled()
    page.get_by_role("button", name="Stop and copy").click()
    expect_toast(page, "moved to Files")
    expect(page.locator("#microphone-notice")).to_have_text("The engine has died.")
    assert toasts(page, "No speech") == []
    assert page.evaluate("navigator.clipboard.readText()") == "before"
    is_rescued(page)


def answer_the_commit_with_an_error(page, about):
    """Lets the server answer the commit with an error about an event, of which `about` gives the id."""

    def refuse(session):
        server = session.connect_to_server()

        def pass_on(message):
            server.send(message)
            event = json.loads(message)
            if event["type"] == "input_audio_buffer.commit":
                error = {"code": "refused", "message": "This was too much.", "param": None, "event_id": about(event)}
                session.send(json.dumps({"type": "error", "event_id": "event_1", "error": error}))

        session.on_message(pass_on)

    page.route_web_socket("**/v1/realtime**", refuse)


@pytest.mark.parametrize("about", [None, "another"])
def test_sound_that_is_refused_when_the_session_ends_is_not_lost(visit, speaking, about):
    page = visit(path="/#microphone", browser=speaking)
    answer_the_commit_with_an_error(page, lambda commit: about)
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    press_record(page)
    expect_toast(page, "moved to Files")
    expect(page.locator("#microphone-notice")).to_have_text("This was too much.")
    is_rescued(page)


def test_a_commit_that_finds_nothing_does_no_harm(visit, speaking):
    page = visit(path="/#microphone", browser=speaking)
    answer_the_commit_with_an_error(page, lambda commit: commit["event_id"])
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    press_record(page)
    expect(page.locator("#record-state")).to_have_text("Ready to record")
    expect(page.locator("#earlier-list .earlier-text")).to_contain_text("best of times")
    expect(page.locator("#microphone-notice")).to_be_hidden()
    assert [result["kind"] for result in stored(page)] == ["dictation"]
