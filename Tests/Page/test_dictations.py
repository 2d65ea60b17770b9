"""Dictations: stored until their text is complete, read out, and deleted."""

import pytest
from playwright.sync_api import expect

from conftest import confirm, eventually, expect_toast, files, press_record, sentences, stored, toasts
from test_microphone import page, speaking, words  # noqa: F401


def test_a_recording_that_is_being_finished_is_asked_for_and_stored(visit, speaking, link):
    page = visit(link.url, path="/#microphone", browser=speaking)
    # What is held up does not count as lost.
    page.route("**/health", lambda route: route.fulfill(json={"status": "ok"}))
    page.locator("#speech-options summary").click()
    page.locator("#speech-options [name=model]").select_option("moonshine-tiny-en")
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    link.hold()
    press_record(page)
    expect(page.locator("#record-state")).to_have_text("Finishing")
    eventually(lambda: [result["kind"] for result in stored(page)] == ["draft"], "the recording is stored")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    with page.expect_event("close"):
        asked.value.accept()
    link.go_on()
    other = visit(link.url, context=page.context)
    expect_toast(other, "A recording that was not finished")
    expect(files(other, "done")).to_have_count(1)
    files(other).locator("a").click()
    assert words(" ".join(sentences(other)))[:2] == ["it", "was"]
    # It was sent with the options of the dictation.
    expect(other.locator(".detail-meta")).to_contain_text("moonshine-tiny-en")
    # No draft is left that could be taken up again.
    assert [result["kind"] for result in stored(other)] == ["file"]


def test_turns_are_read_out_when_they_are_final(page):
    press_record(page)
    expect(page.locator("#speech-text p:not(.is-open):not(.placeholder)").first).to_be_visible()
    first = page.locator("#speech-text p").first.inner_text()
    expect(page.locator("#announcements p").first).to_have_text(first)
    # Nothing that changes with each word is a live region.
    assert page.locator("#speech-text").evaluate("node => node.closest('[role=log], [role=status], [aria-live]')") is None
    press_record(page)
    expect(page.locator("#earlier-list .earlier-text")).to_have_count(1)


def test_dictations_are_deleted_by_keyboard(page):
    for count in (1, 2):
        press_record(page)
        expect(page.locator("#speech-text")).to_contain_text("best of times")
        press_record(page)
        expect(page.locator("#earlier-list li")).to_have_count(count)
    page.locator("#earlier-list li").first.get_by_role("button", name="Delete").press("Enter")
    confirm(page, "Cancel")
    expect(page.locator("#earlier-list li")).to_have_count(2)
    page.keyboard.press("Enter")
    confirm(page)
    expect(page.locator("#earlier-list li")).to_have_count(1)
    assert page.evaluate("document.activeElement.closest('#earlier-list li') !== null")
    page.keyboard.press("Enter")
    confirm(page)
    expect(page.locator("#earlier")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "record"


@pytest.fixture
def abandoned(visit):
    """A page in whose browser a tab left a recording when it was closed."""
    page = visit()
    page.evaluate(
        """async () => {
            const store = await import("/page/shared/store.js");
            const sound = (await import("/page/microphone/wave.js")).wave([new Int16Array(16000)], 16000);
            await store.keep(
                new File([sound], "Dictation.wav", { type: "audio/wav" }),
                { id: "draft", kind: "draft", name: "Dictation.wav", added: 1, tab: "closed", options: { words: [] } });
        }"""
    )
    return page


def test_tabs_that_are_restored_together_take_a_recording_up_once(visit, abandoned):
    # Both tabs are open before either has looked.
    abandoned.evaluate(
        """() => new Promise((begun) => navigator.locks.request("asr2clip-drafts", () => {
            begun();
            return new Promise((end) => { window.end = end; });
        }))"""
    )
    tabs = [visit(context=abandoned.context) for _ in range(2)]
    locks = """async () => {
        const { held, pending } = await navigator.locks.query();
        return [held, pending].map((locks) => locks.filter(({ name }) => name === "asr2clip-drafts").length);
    }"""
    eventually(lambda: abandoned.evaluate(locks) == [1, 2], "both tabs wait")
    assert [result["kind"] for result in stored(abandoned)] == ["draft"]
    abandoned.evaluate("end()")
    eventually(lambda: abandoned.evaluate(locks) == [0, 0], "both tabs have looked")
    assert len([toast for tab in tabs for toast in toasts(tab, "A recording that was not finished")]) == 1
    for tab in tabs:
        expect(files(tab, "done")).to_have_count(1)
    assert [result["kind"] for result in stored(abandoned)] == ["file"]


def test_a_stored_recording_is_taken_up_although_there_is_no_room_for_a_second_copy(visit, abandoned):
    former = abandoned
    former.close()
    page = visit(context=former.context, script="navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    expect_toast(page, "A recording that was not finished")
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator("#kept-text")).to_contain_text("32 kB")
    page.reload()
    expect(files(page, "done")).to_have_count(1)
    # Nobody has it elsewhere.
    files(page).get_by_role("button").click()
    expect(page.locator("dialog")).to_contain_text("Dictation.wav")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("navigator.storage.estimate = async () => { throw new Error('unknown'); };", None),
        ("IDBObjectStore.prototype.delete = () => { throw new Error('The disk is broken.'); };", "The disk is broken."),
    ],
    ids=["estimate", "delete"],
)
def test_a_storage_that_fails_does_not_keep_a_dictation_from_ending(visit, speaking, fault, says):
    page = visit(browser=speaking, path="/#microphone", script=fault)
    press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("best of times")
    press_record(page)
    expect(page.locator("#record-state")).to_have_text("Ready to record")
    expect(page.locator("#earlier-list .earlier-text")).to_contain_text("best of times")
    if says:
        expect(page.locator("#microphone-notice")).to_contain_text(says)
    else:
        expect(page.locator("#microphone-notice")).to_be_hidden()
