"""A browser whose storage is full: texts are kept, at the expense of recordings that are not needed any more."""

import pytest
from playwright.sync_api import expect

from conftest import (
    AUDIO,
    BECKETT,
    SPEECH,
    choose,
    close,
    closing_asks,
    confirm,
    eventually,
    files,
    press_record,
    sentences,
    stored,
    transcribe,
)
from test_microphone import speaking  # noqa: F401

# Stores something until there is no room, also for a little.
FILL = """async () => {
    const asked = indexedDB.open("asr2clip", 1);
    const database = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
    const put = (id, size) => new Promise((resolve) => {
        const bytes = new Uint8Array(size);
        for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
        const transaction = database.transaction("results", "readwrite");
        transaction.objectStore("results").put({ id, kind: "other", bytes });
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
    });
    let count = 0;
    for (const size of [50000, 5000, 500]) while (count < 1000 && await put(`other-${count}`, size)) count += 1;
    database.close();
    return count;
}"""


@pytest.fixture
def small(page):
    """A page whose browser has room for little."""
    return make_small(page)


def make_small(page):
    origin = page.evaluate("location.origin")
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 4_000_000})
    return page


def wait_with_a_recording(page):
    """Leaves a recording in the queue. As it still waits for its text, it is never given up."""
    page.route("**/v1/audio/transcriptions", lambda route: None, times=1)
    choose(page, SPEECH / "beckett.wav")
    expect(files(page, "working")).to_have_count(1)
    expect(page.locator("#kept-text")).to_contain_text("319 kB")


def test_a_recording_is_given_up_for_a_text(small):
    page = small
    transcribe(page, SPEECH / "beckett.wav")
    assert 0 < page.evaluate(FILL) < 1000
    choose(page, AUDIO / "en_word_16k.wav")
    expect(files(page, "done")).to_have_count(2)
    expect(page.locator("#queue-notice")).to_contain_text("the recording of “beckett.wav” was deleted")
    expect(page.locator("#queue-notice")).not_to_contain_text("no room for more texts")
    page.reload()
    expect(files(page, "done")).to_have_count(2)
    files(page).first.locator("a").click()
    assert sentences(page) == [BECKETT]
    expect(page.locator(".player-hint")).to_contain_text("only its text is kept")


def test_a_text_without_room_is_stored_once_something_is_deleted(small):
    page = small
    wait_with_a_recording(page)
    assert 0 < page.evaluate(FILL) < 1000
    choose(page, AUDIO / "en_word_16k.wav")
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator("#queue-notice")).to_contain_text("no room for more texts")
    expect(files(page, "working")).to_have_count(1)
    files(page).first.get_by_role("button").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(files(page)).to_have_count(1)
    expect(page.locator("#queue-notice")).to_be_hidden()
    page.reload()
    expect(files(page, "done")).to_have_count(1)


def dictate(page):
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    press_record(page)
    expect(page.locator("#record-state")).to_have_text("Ready to record")


def shows_text(page):
    expect(page.locator("#earlier-list .earlier-text")).to_contain_text("best of times")


def test_the_text_of_a_dictation_without_room_stays_until_it_is_stored(visit, speaking):
    page = make_small(visit(browser=speaking))
    wait_with_a_recording(page)
    assert 0 < page.evaluate(FILL) < 1000
    page.keyboard.press("2")
    dictate(page)
    shows_text(page)
    expect(page.locator("#microphone-notice")).to_contain_text("no room for a text")
    assert closing_asks(page)
    # The next dictation does not take it away.
    dictate(page)
    expect(page.locator("#earlier-list li")).to_have_count(2)
    page.locator("#earlier-list li").first.get_by_role("button", name="Delete").press("Enter")
    confirm(page)
    expect(page.locator("#earlier-list li")).to_have_count(1)
    page.keyboard.press("1")
    files(page).get_by_role("button").press("Enter")
    confirm(page)
    expect(files(page)).to_have_count(0)
    page.keyboard.press("2")
    shows_text(page)
    expect(page.locator("#microphone-notice")).to_be_hidden()
    page.reload()
    shows_text(page)


def test_a_text_that_is_deleted_while_room_is_made_for_it_is_not_stored_afterwards(visit, speaking):
    # There is room for the text of a dictation once `whenFull` is set and has been called.
    script = """
        const put = IDBObjectStore.prototype.put;
        const written = () => { window.isWritten = true; };
        let isFull = true;
        IDBObjectStore.prototype.put = function (value, ...rest) {
            if (value.kind === "dictation" && isFull) {
                isFull = !window.whenFull;
                window.whenFull?.();
                throw new DOMException("", "QuotaExceededError");
            }
            if (value.kind === "dictation") this.transaction.addEventListener("complete", written);
            return put.call(this, value, ...rest);
        };
    """
    page = visit(browser=speaking, script=script)
    page.keyboard.press("2")
    dictate(page)
    shows_text(page)
    expect(page.locator("#microphone-notice")).to_contain_text("no room for a text")
    transcribe(page, SPEECH / "beckett.wav")
    page.evaluate(
        """async () => {
            window.whenFull = () => {
                document.querySelector("#earlier-list button:last-child").click();
                document.querySelector("dialog .danger").click();
            };
            (await import("/page/shared/store.js")).remove("nothing");
        }"""
    )
    expect(page.locator("#earlier-list li")).to_have_count(0)
    eventually(lambda: page.evaluate("window.isWritten"), "there was room for the text")
    eventually(lambda: [result["kind"] for result in stored(page)] == ["file"], "only the file is stored")


def test_the_draft_of_a_dictation_makes_room_for_its_text(visit, speaking, link):
    page = make_small(visit(link.url, browser=speaking, path="/#microphone"))
    page.route("**/health", lambda route: route.fulfill(json={"status": "ok"}))
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    link.hold()
    press_record(page)
    eventually(lambda: [result["kind"] for result in stored(page)] == ["draft"], "the recording is stored")
    assert 0 < page.evaluate(FILL) < 1000
    link.go_on()
    shows_text(page)
    expect(page.locator("#record-state")).to_have_text("Ready to record")
    expect(page.locator("#microphone-notice")).to_be_hidden()
    page.reload()
    shows_text(page)


def test_a_browser_that_stores_nothing_shows_dictations_and_asks_before_they_are_lost(visit, speaking):
    forbid = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('', 'SecurityError'); } });"
    page = visit(browser=speaking, path="/#microphone", script=forbid)
    expect(page.locator("#speech-kept")).to_contain_text("This browser stores no texts")
    dictate(page)
    shows_text(page)
    expect(page.locator("#microphone-notice")).to_contain_text("does not store the texts")
    assert closing_asks(page)
    page.locator("#earlier-list").get_by_role("button", name="Delete").press("Enter")
    confirm(page)
    expect(page.locator("#earlier")).to_be_hidden()
    close(page)
