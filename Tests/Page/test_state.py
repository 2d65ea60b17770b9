"""A server whose default model cannot be used; it has another one."""

from playwright.sync_api import expect

from conftest import AUDIO, choose, files


def test_the_page_says_why_and_what_to_do(visit):
    page = visit()
    expect(page.locator("#server-state")).to_have_attribute("data-state", "failed")
    notice = page.locator("#server-notice")
    expect(notice).to_contain_text("default_model")
    expect(notice).to_contain_text("Choose another one in the options")
    # It is true: another model does the work.
    page.locator("#file-options summary").click()
    page.locator("[name=model]").first.select_option("sense_voice")
    choose(page, AUDIO / "en_word_16k.wav")
    expect(files(page, "done")).to_have_count(1)
    notice.get_by_role("link", name="Models").click()
    expect(page.locator("#model-list li").first).to_be_visible()
