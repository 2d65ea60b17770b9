"""A model on another server: the server's default, `far`, is at ASR2CLIP_UPSTREAM, which does not stream."""

import os

from playwright.sync_api import expect

from conftest import model


def test_the_page_says_where_sound_is_sent_and_offers_nothing_else(visit):
    page = visit(path="/#models")
    far = model(page, "far")
    expect(far).to_have_attribute("data-status", "loaded")
    expect(far.locator(".model-sends")).to_have_text("Sends your recordings to " + os.environ["ASR2CLIP_UPSTREAM"])
    expect(far.locator(".model-status")).to_have_text("Ready")
    expect(far.locator("button:visible")).to_have_count(0)
    near = model(page, "near")
    expect(near.locator(".model-sends")).to_be_hidden()
