"""Models: the server has no keys; `fetched` is downloaded from a server that holds back half of it."""

import os
from pathlib import Path

from playwright.sync_api import expect

from conftest import model


def test_a_model_is_downloaded_with_progress_and_loaded(visit):
    page = visit(path="/#models")
    fetched = model(page, "fetched")
    expect(fetched).to_have_attribute("data-status", "missing")
    fetched.get_by_role("button", name="Download").click()
    expect(fetched.locator(".model-status")).to_have_text("Downloading, " + os.environ["ASR2CLIP_HALF"])
    share = float(fetched.locator("progress").get_attribute("value"))
    assert 0.49 < share < 0.51
    Path(os.environ["ASR2CLIP_SEEN"]).touch()
    expect(fetched).to_have_attribute("data-status", "unloaded")
    fetched.get_by_role("button", name="Load: fetched", exact=True).click()
    expect(fetched).to_have_attribute("data-status", "loaded")
    expect(fetched).to_contain_text("English")


def test_what_needs_a_key_of_the_server_is_not_offered_without_one(visit):
    page = visit(path="/#models")
    starter = model(page, "moonshine-tiny-en")
    expect(starter).to_contain_text("standard")
    expect(starter).to_have_attribute("data-status", "loaded")
    expect(page.locator("#changes-notice")).to_contain_text("start the server with --api-key")
    expect(page.locator("#catalogue-list li").first).to_be_visible()
    for name in ("Unload", "Delete files", "Add and download"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    # No key would help, so none is asked for.
    expect(page.locator("dialog")).to_have_count(0)


def test_a_catalogue_that_failed_once_is_asked_for_again(visit):
    page = visit()
    page.route("**/v1/catalogue", lambda route: route.fulfill(status=500, body="{}"), times=1)
    with page.expect_response("**/v1/catalogue"):
        page.keyboard.press("3")
    # What the server allows is not known yet, so nothing is offered.
    expect(model(page, "moonshine-tiny-en")).to_be_visible()
    expect(page.get_by_role("button", name="Unload")).to_have_count(0)
    expect(page.locator("#catalogue-list li").first).to_be_visible()
    expect(page.locator("#changes-notice")).to_contain_text("start the server with --api-key")


def test_a_broken_model_says_what_is_wrong(visit):
    page = visit(path="/#models")
    broken = model(page, "broken")
    broken.get_by_role("button", name="Download").click()
    expect(broken.locator(".problem")).not_to_be_empty()


def test_the_catalogue_is_searched(visit):
    page = visit(path="/#models")
    rows = page.locator("#catalogue-list li")
    expect(page.locator("#catalogue-count")).to_contain_text("models")
    everything = rows.count()
    page.keyboard.press("/")
    page.keyboard.type("german parakeet")
    expect(rows.first).to_contain_text("parakeet")
    assert 0 < rows.count() < everything
    page.locator("#catalogue-words").fill("")
    page.locator("#catalogue-language").select_option("de")
    expect(rows.first).to_contain_text("A first choice for a")
    page.locator("#catalogue-words").fill("no such model")
    expect(page.locator("#catalogue-count")).to_have_text("No model fits. Try fewer words, or another language.")
    page.locator("#catalogue-words").fill("parakeet-tdt-0.6b-v3-int8")
    expect(rows).to_have_count(1)
