"""A browser whose storage is full: texts are kept, at the expense of recordings that are not needed any more."""

import pytest
from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, SPEECH, URL, choose, files, sentences, transcribe

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
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": URL, "quotaSize": 4_000_000})
    return page


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
    # A recording that still waits for its text is never given up.
    page.route("**/v1/audio/transcriptions", lambda route: None, times=1)
    choose(page, SPEECH / "beckett.wav")
    expect(files(page, "working")).to_have_count(1)
    expect(page.locator("#kept-text")).to_contain_text("319 kB")
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
