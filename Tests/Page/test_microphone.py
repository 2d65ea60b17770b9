"""The microphone: Chromium takes a recording of real speech for it."""

import re

import pytest
from playwright.sync_api import expect

from conftest import SPEECH, URL, files, sentences
from link import Link

PORT = URL.rsplit(":", 1)[1]


def words(text):
    return re.findall(r"[a-z]+", text.lower())


@pytest.fixture(scope="module")
def speaking(chromium):
    """A browser whose microphone hears somebody read from a novel."""
    return chromium(microphone=SPEECH / "two_cities.wav")


@pytest.fixture
def page(visit, speaking):
    return visit(browser=speaking, path="/#microphone")


def test_text_appears_while_somebody_speaks(page):
    page.locator("#record").click()
    expect(page.locator("#record-state")).to_have_text("Listening")
    expect(page.locator("#speech-text")).to_contain_text("the best of times")
    assert page.locator("#record").get_attribute("aria-pressed") == "true"
    expect(page.locator("#speech-text")).to_contain_text("age of wisdom")
    page.get_by_role("button", name="Stop and copy").click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert words(copied)[:6] == ["it", "was", "the", "best", "of", "times"] and "wisdom" in copied
    expect(page.locator("#earlier-list .earlier-text")).to_have_text(copied)
    page.reload()
    expect(page.locator("#earlier-list .earlier-text")).to_have_text(copied)


def test_space_records_while_it_is_held(page):
    page.locator("body").focus()
    page.keyboard.down("Space")
    expect(page.locator("#level")).not_to_have_js_property("value", 0)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    page.keyboard.up("Space")
    expect(page.locator("#record")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#earlier-list .earlier-text")).to_contain_text("best of times")


def test_captions_are_large(page):
    page.keyboard.press("l")
    expect(page.locator("#captions")).to_be_visible()
    page.locator("#captions-record").click()
    expect(page.locator("#captions-text")).to_contain_text("best of times")
    size = "parseFloat(getComputedStyle(document.querySelector('#captions-text')).fontSize)"
    before = page.evaluate(size)
    page.locator("#captions-larger").click()
    assert page.evaluate(size) > before > 40
    page.locator("#captions-record").click()
    page.locator("#captions-close").click()
    expect(page.locator("#captions")).to_be_hidden()


def test_a_recording_survives_a_lost_connection(visit, speaking):
    link = Link(URL)
    page = visit(link.url, path="/#microphone", browser=speaking)
    page.locator("#record").click()
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    link.cut()
    expect(page.locator("#microphone-notice")).to_contain_text("the recording is kept")
    page.locator("#record").click()
    expect(page.locator("#toasts")).to_contain_text("moved to Files")
    link.mend()
    page.locator("[data-area=files]").click()
    expect(files(page, "done")).to_have_count(1)
    files(page, "done").locator("a").click()
    assert words(" ".join(sentences(page)))[:2] == ["it", "was"]
    link.cut()


def test_a_page_without_https_says_why_it_cannot_record(visit, chromium):
    elsewhere = chromium(arguments=["--host-resolver-rules=MAP speech.example 127.0.0.1"])
    page = visit(f"http://speech.example:{PORT}", path="/#microphone", browser=elsewhere)
    expect(page.locator("#microphone-notice")).to_contain_text("only to pages with https or on this machine")
    expect(page.locator("#record")).to_be_disabled()
    # Files work there all the same.
    page.locator("[data-area=files]").click()
    page.locator("#chooser").set_input_files(str(SPEECH / "beckett.wav"))
    expect(files(page, "done")).to_have_count(1)
