"""Files: they come in, and their text appears."""

import base64

import pytest
from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, SPEECH, choose, files, sentences, transcribe


def test_a_chosen_file_is_transcribed(page):
    transcribe(page, SPEECH / "beckett.wav")
    assert sentences(page) == [BECKETT]
    expect(page.locator(".detail-meta")).to_contain_text("12 words")


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_dropped_or_pasted_file_is_transcribed(page, way):
    sound = base64.b64encode((AUDIO / "en_digits_16k.flac").read_bytes()).decode()
    page.evaluate(
        """([sound, way]) => {
            const bytes = Uint8Array.from(atob(sound), (letter) => letter.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], "digits.flac"));
            const usual = { bubbles: true, cancelable: true };
            const events = way === "drop"
                ? ["dragover", "drop"].map((name) => new DragEvent(name, { dataTransfer, ...usual }))
                : [new ClipboardEvent("paste", { clipboardData: dataTransfer, ...usual })];
            for (const event of events) document.body.dispatchEvent(event);
        }""",
        [sound, way],
    )
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator("#detail-title")).to_have_text("digits.flac")
    expect(page.locator("#drop-veil")).to_be_hidden()


def test_the_text_grows_while_it_is_recognised(page):
    page.evaluate(
        """() => {
            window.seen = [];
            new MutationObserver(() => seen.push([
                document.querySelector("#file-list li")?.dataset.state, document.querySelectorAll(".sentences li").length,
            ])).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    transcribe(page, SPEECH / "two_cities.wav")
    growing = [count for state, count in page.evaluate("seen") if state == "working" and count > 0]
    assert growing and growing[0] < len(sentences(page))
    assert sentences(page)[0] == "It was the best of times."


def test_errors_and_silence_are_told_in_words(page):
    choose(page, AUDIO / "bad_text.wav", AUDIO / "silence_16k.wav")
    expect(files(page, "failed")).to_contain_text("Cannot decode 'bad_text.wav'")
    expect(files(page, "done")).to_contain_text("no speech")
    files(page, "done").locator("a").click()
    expect(page.locator(".detail-state")).to_have_text("Nobody speaks in this recording.")
    files(page, "failed").locator("a").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".detail-state")).to_contain_text("Send wav, mp3, flac")


def test_a_deleted_file_leaves_nothing(page):
    transcribe(page, SPEECH / "beckett.wav")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(files(page)).to_have_count(0)
    page.reload()
    expect(page.locator("#files.is-empty")).to_be_visible()
    stored = """async () => {
        const request = indexedDB.open("asr2clip");
        const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
        const count = (name) => new Promise((resolve) => {
            const asked = database.transaction(name).objectStore(name).count();
            asked.onsuccess = () => resolve(asked.result);
        });
        return [await count("results"), await count("recordings")];
    }"""
    assert page.evaluate(stored) == [0, 0]


# The browser does not show the body of an upload.
SENT = """
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (form) {
        window.sent = [...form].map(([name, value]) => [name, value.name ?? value]);
        send.call(this, form);
    };
"""
HOTWORDS_SENT = [
    ["model", "hotwords"],
    ["keywords[]", "STOP"],
    ["keywords[]", "GO"],
    ["response_format", "verbose_json"],
    ["stream", "true"],
    ["file", "en_word_16k.wav"],
]


def test_options_are_offered_where_the_model_has_them(visit):
    page = visit(script=SENT)
    page.locator("#file-options summary").click()
    fields = page.locator("#file-options-fields select, #file-options-fields input")
    names = lambda: [field.get_attribute("name") for field in fields.all()]
    page.locator("[name=model]").first.select_option("moonshine-tiny-en")
    assert names() == ["model", "lines"]
    page.locator("[name=model]").first.select_option("sense_voice")
    assert names() == ["model", "language", "lines"]
    page.locator("[name=model]").first.select_option("hotwords")
    assert names() == ["model", "words", "lines"]
    page.locator("[name=words]").first.fill("STOP, GO")
    page.locator("[name=words]").first.press("Enter")
    transcribe(page, AUDIO / "en_word_16k.wav")
    assert page.evaluate("sent") == HOTWORDS_SENT
    assert "STOP" in sentences(page)[0]


def test_options_are_remembered_while_the_models_are_not_known(visit):
    page = visit(script=SENT)
    page.evaluate("localStorage.setItem('options-files', JSON.stringify({ model: 'hotwords', words: 'STOP, GO' }))")
    page.route("**/v1/models", lambda route: route.abort())
    page.reload()
    transcribe(page, AUDIO / "en_word_16k.wav")
    assert page.evaluate("sent") == HOTWORDS_SENT


def test_models_are_asked_for_again_once_the_server_is_back(visit, link):
    page = visit(link.url)
    link.cut()
    expect(page.locator("#server-state")).to_have_text("No connection")
    with page.expect_response("**/v1/models"):
        link.mend()


def test_a_recording_that_the_browser_cannot_keep_is_transcribed_all_the_same(visit, link):
    page = visit(link.url)
    # Chromium's own limit cannot be lowered so that its estimate shows it.
    page.evaluate("navigator.storage.estimate = async () => ({ quota: 1_000_000, usage: 0 })")
    link.hold()
    choose(page, SPEECH / "two_cities.wav")
    expect(page.locator("#queue-notice")).to_contain_text("has no room to keep “two_cities.wav”")
    link.go_on()
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator("#queue-notice")).to_be_hidden()
    expect(page.locator(".player .play")).to_be_visible()
    text = sentences(page)
    page.reload()
    expect(page.locator(".player-hint")).to_contain_text("no room for this recording")
    assert sentences(page) == text
