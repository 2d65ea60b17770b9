"""A server with the key `right` whose default model cannot be used; it has another one."""

from playwright.sync_api import expect

from conftest import AUDIO, press_record


def test_speech_is_heard_live_by_the_model_that_was_chosen(visit, chromium):
    page = visit(browser=chromium(microphone=AUDIO / "en_digits_16k.wav"), path="/#microphone")
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    page.locator("#speech-options summary").click()
    page.locator("#speech-options-fields [name=model]").select_option("sense_voice")
    with page.expect_websocket():
        press_record(page)
    expect(page.locator("#speech-text")).to_contain_text("three four")
    expect(page.locator("#microphone-notice")).to_be_hidden()
    press_record(page)
    expect(page.locator("#earlier-list .earlier-text")).to_have_text("one two three four")
