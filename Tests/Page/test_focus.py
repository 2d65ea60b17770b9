"""The keyboard's focus stays where it was or goes where people expect it, and screen readers hear of states, not of each step."""

import pytest
from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, SPEECH, choose, confirm, files, model, transcribe

PHONE = {"width": 375, "height": 740}


def focused(page):
    """What has the focus, as people would name it."""
    return page.evaluate(
        """() => {
            const node = document.activeElement;
            return (node.getAttribute("aria-label") || node.querySelector(".file-name")?.textContent || node.textContent).trim();
        }"""
    )


def test_after_a_file_is_deleted_the_next_one_has_the_focus(page):
    transcribe(page, AUDIO / "en_word_16k.wav", AUDIO / "en_digits_16k.wav", SPEECH / "beckett.wav")
    files(page).nth(1).get_by_role("button").press("Enter")
    confirm(page)
    expect(files(page)).to_have_count(2)
    assert focused(page) == "beckett.wav"
    page.keyboard.press("Delete")
    confirm(page)
    expect(files(page)).to_have_count(1)
    assert focused(page) == "en_word_16k.wav"
    page.locator(".toolbar").get_by_role("button", name="Delete").press("Enter")
    confirm(page)
    expect(files(page)).to_have_count(0)
    assert focused(page) == "Choose files"


def test_buttons_keep_the_focus_or_leave_it_to_the_title(visit, link):
    page = visit(link.url)
    transcribe(page, SPEECH / "beckett.wav")
    page.get_by_role("button", name="Edit").press("Enter")
    page.keyboard.press("Escape")
    assert focused(page) == "Play from 0:00"
    page.get_by_role("button", name="Edit").focus()
    link.hold()
    page.get_by_role("button", name="Transcribe again").press("Enter")
    expect(page.locator(".detail-state")).to_contain_text("former text")
    assert focused(page) == "beckett.wav"
    page.get_by_role("button", name="Copy").focus()
    link.go_on()
    expect(files(page, "done")).to_have_count(1)
    assert focused(page) == "Copy"


def test_options_keep_the_focus(page):
    page.locator("#file-options summary").press("Enter")
    page.locator("[name=model]").first.focus()
    page.locator("[name=model]").first.select_option("sense_voice")
    assert page.evaluate("document.activeElement.name") == "model"


def test_on_a_narrow_screen_the_focus_goes_to_the_text_and_back(visit):
    page = visit(viewport=PHONE)
    choose(page, SPEECH / "beckett.wav", AUDIO / "en_word_16k.wav")
    expect(files(page, "done")).to_have_count(2)
    files(page).nth(1).locator("a").press("Enter")
    expect(page.locator("#detail")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "detail-title"
    page.locator(".back").press("Enter")
    expect(page.locator("#file-list")).to_be_visible()
    assert focused(page) == "en_word_16k.wav"


def test_another_area_gets_the_focus_if_the_former_had_it(page):
    page.locator("#choose").focus()
    page.keyboard.press("2")
    expect(page.locator("#microphone")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "microphone-title"


def test_a_model_that_is_loaded_keeps_the_focus_and_is_announced(page):
    page.keyboard.press("3")
    row = model(page, "sense_voice")
    row.get_by_role("button", name="Load: sense_voice").press("Enter")
    expect(row).to_have_attribute("data-status", "loaded")
    assert focused(page).startswith("sense_voice")
    expect(page.locator("#announcements")).to_contain_text("sense_voice: In memory")


def test_the_catalogue_keeps_the_focus_while_models_are_looked_at(page):
    page.keyboard.press("3")
    page.locator("#catalogue-list li").first.wait_for()
    page.evaluate(
        """() => {
            const heading = document.querySelector("#catalogue-list h3");
            heading.tabIndex = -1;
            heading.focus();
            window.lost = 0;
            heading.addEventListener("blur", () => { window.lost += 1; });
        }"""
    )
    for _ in range(2):
        with page.expect_response("**/v1/models"):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    # An answer that was read has been drawn by the next frame.
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")
    assert page.evaluate("lost") == 0


# Every text that appears in a region that screen readers read out by themselves.
LISTEN = """() => {
    window.heard = [];
    const live = "[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]";
    const hear = (node) => {
        const region = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest(live);
        if (region && node.textContent.trim()) heard.push(node.textContent);
    };
    new MutationObserver((changes) => {
        for (const { type, target, addedNodes } of changes) {
            if (type === "characterData") hear(target);
            for (const node of addedNodes) hear(node);
        }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def test_screen_readers_hear_of_states_and_not_of_each_step(page):
    # The state of the server is read out as well, once.
    expect(page.locator("#server-state")).to_have_text("Ready")
    page.evaluate(LISTEN)
    transcribe(page, SPEECH / "two_cities.wav")
    expect(page.locator("#toasts")).to_contain_text("The text is ready.")
    heard = page.evaluate("heard")
    assert heard[0] == "two_cities.wav: In work"
    assert heard[1].startswith("two_cities.wav: 0:44")
    assert heard[2:] == ["The text is ready."]
