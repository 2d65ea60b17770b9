"""A server with the key `right` that lets no client change its models."""

from playwright.sync_api import expect


def test_what_the_server_refuses_is_not_offered_and_the_reason_is_shown(visit):
    page = visit(path="/#models")
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    expect(page.locator("#catalogue-list li").first).to_be_visible()
    expect(page.locator("#changes-notice")).to_contain_text("--no-model-changes")
    expect(page.locator("#changes-notice")).to_contain_text("asr2clip models")
    expect(page.locator("#model-list li").first).to_have_attribute("data-status", "loaded")
    expect(page.locator("#models").get_by_role("button")).to_have_count(0)
