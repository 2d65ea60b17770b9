"""The page at /docs: everything of both documents, in both themes, on a phone, by keyboard."""

import json
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import URL

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 740}


def load(path):
    with urllib.request.urlopen(URL + path) as answer:
        return json.load(answer)


@pytest.fixture
def docs(visit):
    return visit(path="/docs")


def entry(page, title):
    return page.locator(".entry").filter(has=page.locator(".path", has_text=title)).first


def test_every_operation_and_message_is_there(docs):
    api, live = load("/openapi.json"), load("/asyncapi.json")
    operations = [one for item in api["paths"].values() for key, one in item.items() if key != "parameters"]
    ids = [one["operationId"] for one in operations] + [f"message-{name}" for name in live["components"]["messages"]]
    assert sorted(docs.evaluate("[...document.querySelectorAll('.entry')].map((one) => one.id)")) == sorted(ids)
    expect(docs.locator("#problem")).to_be_empty()
    for tag in api["tags"]:
        expect(docs.get_by_role("navigation").get_by_role("link", name=tag["name"], exact=True)).to_be_visible()
    text = docs.locator("main").text_content()
    assert "undefined" not in text and "[object" not in text


def test_an_operation_tells_its_fields_its_answers_and_a_command(docs):
    transcribe = docs.locator("#transcribe")
    transcribe.locator("summary").click()
    expect(transcribe).to_contain_text("response_format")
    expect(transcribe.locator("pre")).to_have_text(
        f'curl -X POST {URL}/v1/audio/transcriptions -H "Authorization: Bearer $KEY" -F file=@speech.wav')
    expect(transcribe.locator(".responses")).to_contain_text("audio_undecodable")
    expect(transcribe.get_by_text("0 to 1").first).to_be_visible()
    assert docs.url.endswith("#transcribe")
    change = docs.locator("#changeModel")
    change.locator("summary").click()
    expect(change.locator("pre")).to_contain_text('{"action":"pull"}')
    expect(docs.locator("#health pre")).to_have_text(f"curl {URL}/health")


def test_an_address_opens_its_entry(visit):
    page = visit(path="/docs#message-session.update")
    update = page.locator("[id='message-session.update']")
    expect(update).to_have_attribute("open", "")
    expect(update.locator("summary")).to_be_in_viewport()
    expect(update.get_by_text("turn_detection", exact=True)).to_be_visible()


def test_an_address_that_is_no_name_opens_nothing(visit):
    page = visit(path="/docs#%")
    expect(page.locator("#transcribe")).to_be_visible()
    expect(page.locator("#problem")).to_be_empty()


def test_a_search_finds_what_has_all_words(docs):
    search = docs.get_by_role("searchbox")
    search.fill("silence_duration client")
    expect(docs.locator("#found")).to_contain_text("found")
    shown = docs.locator(".entry:visible")
    assert 0 < shown.count() < 10
    expect(docs.locator("#createClientSecret")).to_be_visible()
    search.fill("no such thing anywhere")
    expect(docs.locator("#found")).to_have_text("0 found")
    expect(shown).to_have_count(0)
    search.fill("")
    expect(docs.locator("#version")).to_be_visible()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", WIDE)], ids=["light-phone", "dark-wide"])
def test_axe_finds_nothing(visit, scheme, viewport):
    page = visit(path="/docs", color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    for one in ["transcribe", "changeModel", "asr", "message-session.update", "message-error"]:
        page.locator(f"[id='{one}'] summary").click()
    found = Axe().run(page).response["violations"]
    faults = [(fault["id"], fault["nodes"][0]["html"], fault["nodes"][0]["failureSummary"]) for fault in found]
    assert faults == []
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


def test_keys_alone_are_enough(docs):
    docs.get_by_role("searchbox").focus()
    docs.keyboard.type("/version")
    for _ in range(20):
        docs.keyboard.press("Tab")
        if docs.evaluate("document.activeElement.closest('.entry')?.id") == "version":
            break
    assert docs.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    docs.keyboard.press("Enter")
    expect(docs.locator("#version")).to_have_attribute("open", "")


def test_a_document_that_cannot_be_read_is_said_in_words(visit):
    page = visit(path="/docs")
    page.route("**/asyncapi.json", lambda route: route.fulfill(status=503, body="{}"))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The documents cannot be read. asyncapi.json: 503")


def test_the_page_works_behind_a_slash(visit):
    page = visit(path="/docs/")
    assert page.url == URL + "/docs"
    expect(page.locator("#transcribe")).to_be_visible()
