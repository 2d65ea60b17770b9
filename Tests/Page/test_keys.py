"""A server with the key `right`, and a mirror for models of the catalogue."""

from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, SPEECH, URL, choose, confirm, expect_toast, files, model, press_record, sentences


def test_the_key_is_asked_for_once_and_forgotten_with_the_tab(visit):
    page = visit()
    page.locator("dialog input").fill("wrong")
    page.locator("dialog").get_by_role("button", name="Use this key").click()
    expect(page.locator("dialog .problem")).to_have_text("The server does not know this key.")
    page.locator("dialog input").fill("ключ")
    page.locator("dialog input").press("Enter")
    expect(page.locator("dialog .problem")).to_have_text("Browsers cannot send a key with these characters.")
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    choose(page, SPEECH / "beckett.wav")
    expect(files(page, "done")).to_have_count(1)
    assert sentences(page) == [BECKETT]
    page.reload()
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator("dialog")).to_have_count(0)
    assert page.evaluate("JSON.stringify(localStorage)").find("right") < 0
    other = page.context.new_page()
    other.goto(URL)
    expect(other.locator("dialog")).to_be_visible()


def test_a_queue_waits_for_the_key(visit):
    page = visit()
    page.locator("dialog").get_by_role("button", name="Cancel").click()
    choose(page, SPEECH / "beckett.wav")
    expect(page.locator("dialog")).to_be_visible()
    expect(files(page, "waiting")).to_have_count(1)
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    expect(files(page, "done")).to_have_count(1)


def test_live_speech_uses_a_client_secret(visit, chromium):
    page = visit(browser=chromium(microphone=SPEECH / "beckett.wav"), path="/#microphone")
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket))
    with page.expect_response("**/v1/realtime/client_secrets") as made:
        press_record(page)
    assert made.value.request.headers["authorization"] == "Bearer right"
    expect(page.locator("#speech-text")).to_contain_text("tried")
    press_record(page)
    expect(page.locator("#earlier-list .earlier-text")).to_contain_text("tried")
    assert sockets and "right" not in sockets[0].url


def test_a_model_is_unloaded_with_a_key(visit):
    page = visit(path="/#models")
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    starter = model(page, "moonshine-tiny-en")
    expect(starter).to_have_attribute("data-status", "loaded")
    starter.get_by_role("button", name="Unload").click()
    expect(starter).to_have_attribute("data-status", "unloaded")
    starter.get_by_role("button", name="Load: ", exact=False).first.click()
    expect(starter).to_have_attribute("data-status", "loaded")


def test_a_translation_is_asked_for_with_the_key(visit):
    page = visit()
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    page.locator("#file-options summary").click()
    page.locator("#file-options-fields [name=model]").select_option("whisper")
    page.locator("#file-options-fields [name=task]").select_option("translation")
    with page.expect_request("**/v1/audio/translations") as sent:
        choose(page, AUDIO / "zh_digits_16k.wav")
    assert sent.value.headers["authorization"] == "Bearer right"
    expect(files(page, "done")).to_have_count(1)
    assert sentences(page) == ["one two three four five"]


def test_a_model_of_the_catalogue_is_added_with_the_key(visit):
    page = visit(path="/#models")
    page.locator("dialog input").fill("right")
    page.locator("dialog input").press("Enter")
    page.locator("#catalogue-words").fill("sense-voice-cantonese-int8")
    page.locator("#catalogue-list").get_by_role("button", name="Add and download").click()
    added = model(page, "sense-voice-cantonese-int8")
    expect(added).to_have_attribute("data-status", "unloaded")
    added.get_by_role("button", name="Load").click()
    expect(added).to_have_attribute("data-status", "loaded")
    expect(page.locator("#catalogue-list li")).to_contain_text("On this server")
    added.get_by_role("button", name="Delete files").click()
    confirm(page, "Delete files")
    expect(added).to_have_attribute("data-status", "missing")
    expect_toast(page, "The files of sense-voice-cantonese-int8 were deleted.")
