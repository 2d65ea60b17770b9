"""Edits: in two tabs, and beside another attempt at the text."""

import pytest
from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, SPEECH, URL, choose, confirm, files, transcribe

# A tab that hears nothing of the others, as if it was frozen.
DEAF = "window.BroadcastChannel = class extends EventTarget { postMessage() {} };"


def edit(page, index, text):
    if page.locator(".sentences.is-editing").count() == 0:
        page.get_by_role("button", name="Edit").click()
    page.locator(".sentence").nth(index).fill(text)


def shows(page, *expected):
    """Waits until the first sentences are these."""
    for index, text in enumerate(expected):
        expect(page.locator(".sentence").nth(index)).to_have_text(text)


@pytest.fixture
def tabs(visit):
    """Two tabs that show the same text, and a function that opens more."""
    first = visit()
    transcribe(first, SPEECH / "two_cities.wav")

    def another(script=None):
        tab = visit(context=first.context, path=first.url.removeprefix(URL), script=script)
        shows(tab, "It was the best of times.")
        return tab

    return first, another(), another


def test_edits_of_two_tabs_are_merged_and_shown_in_both(tabs):
    first, second, _ = tabs
    edit(first, 0, "First.")
    edit(second, 1, "Second.")
    edit(first, 2, "Third.")
    for page in (first, second):
        shows(page, "First.", "Second.", "Third.")
    second.keyboard.press("Escape")
    second.keyboard.press("c")
    expect(second.locator("#toasts")).to_contain_text("Copied")
    assert second.evaluate("navigator.clipboard.readText()").startswith("First. Second. Third. ")
    first.reload()
    shows(first, "First.", "Second.", "Third.")
    first.get_by_role("button", name="Restore the original").click()
    confirm(first, "Cancel")
    shows(first, "First.", "Second.", "Third.")
    first.get_by_role("button", name="Restore the original").click()
    confirm(first, "Restore the original")
    expect(first.locator("#toasts")).to_contain_text("The original text is back.")
    shows(second, "It was the best of times.")
    expect(second.get_by_role("button", name="Restore the original")).to_be_hidden()


def test_the_caret_stays_while_another_tab_edits(tabs):
    first, second, _ = tabs
    edit(first, 0, "One two.")
    first.keyboard.press("Home")
    edit(second, 1, "Second.")
    expect(first.locator(".sentence").nth(1)).to_have_text("Second.")
    first.keyboard.type("Zero ")
    shows(second, "Zero One two.")


def test_a_tab_that_heard_nothing_of_an_edit_does_not_undo_it(tabs):
    first, _, another = tabs
    deaf = another(DEAF)
    edit(first, 0, "First.")
    expect(first.locator(".detail-meta")).to_contain_text("edited")
    edit(deaf, 1, "Second.")
    # Its next answer from the store has both.
    shows(deaf, "First.")
    first.reload()
    shows(first, "First.", "Second.")


def test_an_edit_that_another_tab_replaces_is_offered_again(tabs):
    first, _, another = tabs
    deaf = another(DEAF)
    edit(first, 0, "Of the first tab.")
    expect(first.locator(".detail-meta")).to_contain_text("edited")
    edit(deaf, 0, "Of the second tab.")
    expect(deaf.locator("#toasts")).to_contain_text("Another tab had changed this sentence to “Of the first tab.”.")
    deaf.get_by_role("button", name="Use that").click()
    shows(deaf, "Of the first tab.")
    first.reload()
    shows(first, "Of the first tab.")


def test_a_file_that_another_tab_deletes_is_left(tabs):
    first, second, another = tabs
    deaf = another(DEAF)
    edit(deaf, 0, "One.")
    first.keyboard.press("Delete")
    confirm(first)
    expect(first.locator("#toasts")).to_contain_text("“two_cities.wav” was deleted.")
    expect(second.locator("#toasts")).to_contain_text("“two_cities.wav” was deleted in another tab.")
    expect(second.locator("#detail")).to_be_hidden()
    assert second.url.endswith("#files")
    # A tab that did not hear of it says that the edit is lost, and lets people copy it.
    edit(deaf, 0, "Two.")
    toast = deaf.locator("#toasts > *").filter(has_text="The file was deleted in another tab")
    expect(toast).to_contain_text("“Two.”")
    toast.get_by_role("button", name="Copy").click()
    expect(deaf.locator("#toasts")).to_contain_text("Copied")
    assert deaf.evaluate("navigator.clipboard.readText()") == "Two."
    expect(deaf.locator("#detail")).to_be_hidden()


def test_keys_of_an_input_method_stay_in_the_sentence(tabs):
    page, *_ = tabs
    edit(page, 0, "One.")
    press = """key => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key, isComposing: true, bubbles: true, cancelable: true }))"""
    for key in ("Enter", "Escape"):
        assert page.evaluate(press, key), "the key keeps its own effect"
        assert page.evaluate("document.activeElement.textContent") == "One."
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") != "One."


@pytest.fixture
def held(visit, link):
    """A page whose file is transcribed again, while nothing comes from the server."""
    page = visit(link.url)
    transcribe(page, SPEECH / "beckett.wav")
    link.hold()
    page.get_by_role("button", name="Transcribe again").click()
    expect(page.locator(".detail-state")).to_contain_text("This is the former text.")
    return page


def test_the_former_text_stays_until_the_new_one_is_complete(held, link):
    page = held
    shows(page, BECKETT)
    expect(page.locator(".sentences")).to_have_class("sentences is-former")
    expect(page.get_by_role("button", name="Edit")).to_be_hidden()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    link.go_on()
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator(".sentences")).to_have_class("sentences")
    shows(page, BECKETT)


def test_the_former_text_survives_a_reload_and_can_be_kept(held, link):
    page = held
    link.go_on()
    page.route("**/v1/audio/transcriptions", lambda route: None)
    page.reload()
    expect(page.locator(".detail-state")).to_contain_text("This is the former text.")
    shows(page, BECKETT)
    page.get_by_role("button", name="Keep this text").click()
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator(".detail-state")).to_be_hidden()
    shows(page, BECKETT)


def test_a_failed_attempt_leaves_the_former_text(page):
    transcribe(page, SPEECH / "beckett.wav")
    # The server refuses this one in its own words.
    page.route("**/v1/audio/transcriptions", lambda route: route.continue_(url=URL + "/v1/audio/nothing"))
    page.get_by_role("button", name="Transcribe again").click()
    expect(page.locator(".detail-state")).to_contain_text("It could not be transcribed again:")
    shows(page, BECKETT)
    expect(files(page, "done")).to_have_count(1)
    page.reload()
    shows(page, BECKETT)
    edit(page, 0, "Fail better.")
    expect(page.locator(".detail-meta")).to_contain_text("edited")


def test_an_edit_that_a_new_text_would_replace_is_kept(visit, link):
    page = visit(link.url)
    transcribe(page, AUDIO / "en_word_16k.wav")
    deaf = visit(link.url, context=page.context, path=page.url.removeprefix(link.url), script=DEAF)
    expect(deaf.locator(".sentence")).to_have_count(1)
    link.hold()
    page.get_by_role("button", name="Transcribe again").click()
    expect(page.locator(".detail-state")).to_contain_text("This is the former text.")
    edit(deaf, 0, "Edited meanwhile.")
    deaf.close()
    link.go_on()
    expect(page.locator(".detail-state")).to_contain_text("its text was changed meanwhile")
    shows(page, "Edited meanwhile.")


def test_a_file_with_a_text_is_not_deleted_without_a_question_while_it_waits(page):
    transcribe(page, SPEECH / "beckett.wav")
    page.route("**/v1/audio/transcriptions", lambda route: None)
    choose(page, AUDIO / "en_word_16k.wav", AUDIO / "en_digits_16k.wav")
    expect(files(page, "working")).to_have_count(2)
    page.get_by_role("button", name="Transcribe again").click()
    expect(files(page, "waiting")).to_have_count(1)
    files(page, "waiting").get_by_role("button").click()
    page.locator("dialog").get_by_role("button", name="Cancel").click()
    expect(files(page)).to_have_count(3)
