"""The microphone: Chromium takes a recording of real speech for it."""

import re
import time

import pytest
from playwright.sync_api import expect

from conftest import SPEECH, URL, files, sentences

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


def test_space_records_while_it_is_held_below_captions_too(page):
    page.locator("#captions-open").click()
    page.keyboard.down("Space")
    expect(page.locator("#captions-text")).to_contain_text("best of times")
    page.keyboard.up("Space")
    expect(page.locator("#captions-record")).to_have_text("Start recording")
    expect(page.locator("#earlier-list .earlier-text")).to_contain_text("best of times")


def test_a_hold_ends_with_the_window(page):
    page.locator("body").focus()
    page.keyboard.down("Space")
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.locator("#record")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#earlier-list .earlier-text")).to_contain_text("best of times")


def test_a_click_on_a_busy_page_is_no_hold(page):
    button = page.locator("#record")
    button.evaluate(
        """button => button.addEventListener("pointerdown", () => {
            for (const end = Date.now() + 1000; Date.now() < end;);
        }, { once: true })"""
    )
    box = button.bounding_box()
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "button": "left", "clickCount": 1}
    devtools = page.context.new_cdp_session(page)
    now = time.time()
    for kind, moment in (("mousePressed", now), ("mouseReleased", now + 0.1)):
        devtools.send("Input.dispatchMouseEvent", {"type": kind, "timestamp": moment, **place})
    expect(page.locator("#record-state")).to_have_text("Listening")


def test_space_on_the_button_does_not_click_it_too(page):
    page.evaluate("addEventListener('keyup', (event) => { window.isPrevented = event.defaultPrevented; })")
    page.locator("#record").press("Space")
    assert page.evaluate("isPrevented")
    expect(page.locator("#record-state")).to_have_text("Listening")


def test_captions_are_large(page):
    page.keyboard.press("l")
    expect(page.locator("#captions")).to_be_visible()
    page.locator("#captions-record").click()
    expect(page.locator("#captions-text")).to_contain_text("best of times")
    size = "parseFloat(getComputedStyle(document.querySelector('#captions-text')).fontSize)"
    before = page.evaluate(size)
    page.locator("#captions-larger").click()
    assert page.evaluate(size) > before > 40
    # Nothing beneath them changes.
    page.keyboard.press("1")
    expect(page.locator("#captions")).to_be_visible()
    assert page.url.endswith("#microphone")
    page.locator("#captions-record").click()
    page.locator("#captions-close").click()
    expect(page.locator("#captions")).to_be_hidden()


# A browser that cannot convert what it records, as some could not.
UNCONVERTED = """
    const create = AudioContext.prototype.createMediaStreamSource;
    AudioContext.prototype.createMediaStreamSource = function (stream) {
        if (this.sampleRate !== 16000) return create.call(this, stream);
        window.refused = this;
        throw new DOMException("", "NotSupportedError");
    };
"""


def test_a_browser_that_does_not_convert_records_at_its_own_rate(visit, speaking):
    page = visit(browser=speaking, path="/#microphone", script=UNCONVERTED)
    page.locator("#record").click()
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    assert page.evaluate("refused.state") == "closed"


def test_a_server_that_is_away_is_not_taken_for_the_microphone(visit, speaking, link):
    page = visit(link.url, path="/#microphone", browser=speaking)
    link.cut()
    page.locator("#record").click()
    expect(page.locator("#microphone-notice")).to_have_text("The server cannot be reached. Is it running?")
    link.mend()
    page.locator("#record").click()
    expect(page.locator("#speech-text")).to_contain_text("best of times")


def test_a_page_without_https_says_why_it_cannot_record(visit, chromium):
    elsewhere = chromium(arguments=["--host-resolver-rules=MAP speech.example 127.0.0.1"])
    page = visit(f"http://speech.example:{PORT}", path="/#microphone", browser=elsewhere)
    expect(page.locator("#microphone-notice")).to_contain_text("only to pages with https or on this machine")
    expect(page.locator("#record")).to_be_disabled()
    # Files work there all the same.
    page.locator("[data-area=files]").click()
    page.locator("#chooser").set_input_files(str(SPEECH / "beckett.wav"))
    expect(files(page, "done")).to_have_count(1)
