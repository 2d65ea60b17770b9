"""What everybody can use: both themes, a phone's width, keys alone, and what axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import AUDIO, SPEECH, URL, choose, files

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 740}


def check(page, where):
    found = Axe().run(page).response["violations"]
    faults = [(fault["id"], fault["nodes"][0]["html"], fault["nodes"][0]["failureSummary"]) for fault in found]
    assert faults == [], where
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1], where


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", WIDE)], ids=["light-phone", "dark-wide"])
def test_axe_finds_nothing(visit, scheme, viewport):
    # Without motion, axe does not see colours that are half way to others.
    page = visit(color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    check(page, "empty")
    choose(page, SPEECH / "two_cities.wav", AUDIO / "bad_text.wav")
    expect(files(page, "done")).to_have_count(1)
    expect(files(page, "failed")).to_have_count(1)
    check(page, "list")
    files(page, "failed").locator("a").click()
    check(page, "failure")
    page.go_back()
    files(page, "done").locator("a").click()
    page.locator("#file-options summary").click() if viewport is WIDE else None
    check(page, "text")
    page.keyboard.press("s")
    check(page, "menu")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    check(page, "editing")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator("#microphone")).to_be_visible()
    check(page, "microphone")
    page.keyboard.press("l")
    check(page, "captions")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(page.locator("#catalogue-list li").first).to_be_visible()
    check(page, "models")


def test_keys_alone_are_enough(visit):
    page = visit(viewport=WIDE)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("o")
    chooser.value.set_files(str(SPEECH / "two_cities.wav"))
    expect(files(page, "done")).to_have_count(1)
    # Both count, although the player has not moved yet.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sentences li").nth(1)).to_have_attribute("aria-current", "true")
    page.locator(".sentences .time").nth(1).press("e")
    page.keyboard.press("End")
    page.keyboard.type(" Indeed.")
    page.keyboard.press("Escape")
    expect(page.locator(".sentence").nth(1)).to_have_text("It was the worst of times. Indeed.")
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert "times. Indeed. It" in page.evaluate("navigator.clipboard.readText()")
    # Every control that Tab reaches shows where it is.
    page.locator(".mark").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) != "none", page.evaluate("document.activeElement.outerHTML")


def test_single_keys_can_be_turned_off(visit):
    page = visit()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.reload()
    page.keyboard.press("3")
    expect(page.locator("#files")).to_be_visible()


def test_the_page_works_in_a_browser_that_stores_nothing(browser):
    forbid = """
        const forbid = { get() { throw new DOMException("", "SecurityError"); } };
        for (const name of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, name, forbid);
    """
    page = browser.new_context().new_page()
    page.add_init_script(forbid)
    page.goto(URL)
    expect(page.locator("#kept-text")).to_contain_text("does not let the page store anything")
    choose(page, SPEECH / "beckett.wav")
    expect(files(page, "done")).to_have_count(1)
    page.context.close()


def test_a_storage_that_cannot_be_read_is_left_alone(visit):
    former = visit()
    choose(former, AUDIO / "en_word_16k.wav")
    expect(files(former, "done")).to_have_count(1)
    unreadable = "IDBObjectStore.prototype.getAll = () => { throw new DOMException('', 'DataError'); };"
    page = visit(context=former.context, script=unreadable)
    expect(page.locator("#queue-notice")).to_contain_text("cannot read what this page stored before")
    expect(files(page)).to_have_count(0)
    expect(page.locator("#speech-kept")).to_contain_text("stores no texts")
    former.close()
    choose(page, SPEECH / "beckett.wav")
    expect(files(page, "done")).to_have_count(1)
    page.close()
    later = visit(context=former.context)
    expect(files(later, "done")).to_have_count(1)
    expect(files(later)).to_contain_text("en_word_16k.wav")
