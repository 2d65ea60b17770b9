"""A server with the key `right`; `fetched` is downloaded from a server that holds back half of it."""

from playwright.sync_api import expect

from conftest import model


def test_a_download_is_stopped(visit):
    page = visit(path="/#models")
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    fetched = model(page, "fetched")
    fetched.get_by_role("button", name="Download").click()
    expect(fetched).to_have_attribute("data-status", "downloading")
    fetched.get_by_role("button", name="Stop").click()
    expect(fetched).to_have_attribute("data-status", "missing")
    expect(fetched.get_by_role("button", name="Download")).to_be_visible()
    expect(fetched.locator(".problem")).to_be_empty()
