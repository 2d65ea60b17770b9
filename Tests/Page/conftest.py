"""What the tests of the page share: Chromium, and a server, which EndToEndTests/PageTests.swift starts."""

import os
import shutil
import time
import wave
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from link import Link

URL = os.environ["ASR2CLIP_URL"]
REPOSITORY = Path(__file__).resolve().parent.parent.parent
AUDIO = REPOSITORY / "Tests" / "Fixtures" / "audio"
SPEECH = REPOSITORY / ".deps" / "speech"
BECKETT = "Ever tried, ever failed, no matter, try again, fail again, fail better."
# Seconds of silence before what a microphone hears. Chromium plays a recording from the moment a page asks for the
# microphone, and what it plays before the page listens is lost.
LEAD = 4

# Toasts disappear after some seconds, so a script records their texts.
RECORD_TOASTS = """
    window.recordedToasts = [];
    new MutationObserver((changes) => {
        for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
            if (node.className === "toast") recordedToasts.push(node.textContent);
        }
    }).observe(document, { childList: true, subtree: true });
"""

# Two cores, and models that hear what is sent.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """Starts Chromium, with a recording as its microphone if one is given; silence comes before it."""
    browsers, later = [], {}
    with sync_playwright() as playwright:

        def start(microphone=None, arguments=()):
            sound = []
            if microphone:
                if microphone not in later:
                    later[microphone] = after_silence(microphone, tmp_path_factory.mktemp("microphone"))
                sound = [f"--use-file-for-fake-audio-capture={later[microphone]}%noloop"]
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=[
                    "--no-sandbox",
                    "--use-fake-ui-for-media-stream",
                    "--use-fake-device-for-media-stream",
                    *sound,
                    *arguments,
                ],
            )
            browsers.append(browser)
            return browser

        yield start
        for browser in browsers:
            browser.close()


def after_silence(recording, folder):
    """A copy of a recording of 16-bit samples that begins with silence."""
    copy = folder / recording.name
    with wave.open(str(recording)) as source, wave.open(str(copy), "wb") as target:
        target.setparams(source.getparams())
        target.writeframes(bytes(LEAD * source.getframerate() * source.getnchannels() * source.getsampwidth()))
        target.writeframes(source.readframes(source.getnframes()))
    return copy


@pytest.fixture(scope="session")
def browser(chromium):
    return chromium()


@pytest.fixture
def visit(browser):
    """Opens the page like somebody who was never there; fails if the page has an error or breaks its own policy."""
    contexts, faults = [], []

    def visit(url=URL, path="/", browser=browser, context=None, script=None, **options):
        """With a `context`, opens another tab of it. A `script` runs before the page's own."""
        if context is None:
            context = browser.new_context(accept_downloads=True, **options)
            contexts.append(context)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.add_init_script(RECORD_TOASTS)
        if script:
            page.add_init_script(script)
        # The driver takes a while to take over the dialog for files, so it begins here and not just before the dialog.
        page.on("filechooser", lambda chooser: None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: dialog.type != "beforeunload" and faults.append(dialog.message))
        page.on("console", lambda message: "Content Security Policy" in message.text and faults.append(message.text))
        page.goto(url + path)
        expect(page.locator("body[data-ready]")).to_be_visible()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(visit):
    return visit()


@pytest.fixture
def link():
    """A way to the server that can be cut and held up."""
    link = Link(URL)
    yield link
    link.cut()


@pytest.fixture
def twenty(tmp_path):
    for number in range(20):
        shutil.copy(SPEECH / "beckett.wav", tmp_path / f"{number:02}.wav")
    return sorted(tmp_path.iterdir())


@pytest.fixture
def copies(twenty):
    return twenty[:4]


def closing_asks(page):
    """Whether the browser asks before it closes the page; if so, the page stays."""
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    asked.value.dismiss()
    return asked.value.type == "beforeunload"


def close(page):
    """Closes a page, about which the browser asks nothing."""
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def confirm(page, answer="Delete"):
    page.locator("dialog").get_by_role("button", name=answer).press("Enter")


def press_record(page):
    """Starts or stops a recording. If a page is slow to answer to a click, the click counts as a hold."""
    button = page.locator("#record")
    expect(button).to_be_visible()
    button.press("Enter")


def model(page, name):
    """The row of a registered model."""
    return page.locator("#model-list li").filter(has=page.get_by_role("heading", name=name))


def eventually(holds, what):
    """Waits until something is true that no locator shows."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def toasts(page, text):
    """The toasts with a text, also those that have disappeared."""
    return [toast for toast in page.evaluate("recordedToasts") if text in toast]


def expect_toast(page, text):
    eventually(lambda: toasts(page, text), f"a toast says: {text}")


def stored(page):
    """What the browser stores once the writes that have begun are done."""
    return page.evaluate("async () => (await import('/page/shared/store.js')).allResults()")


def choose(page, *files):
    page.locator("#chooser").set_input_files([str(file) for file in files])


def files(page, state=None):
    """The rows of the list."""
    return page.locator("#file-list li" + (f"[data-state={state}]" if state else ""))


def transcribe(page, *recordings):
    """Lets recordings be heard; the first one is shown."""
    choose(page, *recordings)
    expect(files(page, "done")).to_have_count(len(recordings))


def sentences(page):
    """The sentences of the file that is shown, once it is."""
    shown = page.locator(".sentences .sentence")
    expect(shown.first).to_be_visible()
    return shown.all_inner_texts()
