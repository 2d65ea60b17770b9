"""Texts: they are heard, edited and saved."""

import io
import json
import shutil
import zipfile

import pysubs2
import webvtt
from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, SPEECH, choose, confirm, files, sentences, stored, transcribe


def save(page, format, button="Save as"):
    page.get_by_role("button", name=button, exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem").filter(has_text=format).click()
    return download.value


def content(download):
    return download.path().read_text(encoding="utf-8")


def test_a_click_on_a_sentence_plays_it_and_it_is_marked(page):
    transcribe(page, SPEECH / "two_cities.wav")
    # Slow enough to look at it before the sentence ends.
    page.evaluate("document.querySelector('video').playbackRate = 0.1")
    page.locator(".sentences .sentence").nth(4).click()
    expect(page.locator(".sentences li[aria-current]")).to_have_count(1)
    marked = "[...document.querySelectorAll('.sentences li')].findIndex((line) => line.hasAttribute('aria-current'))"
    assert page.evaluate(marked) == 4
    playing = "document.querySelector('video').currentTime"
    begins = page.evaluate("document.querySelectorAll('.sentences .time')[4].textContent.split(':')")
    assert page.evaluate(playing) >= int(begins[0]) * 60 + int(begins[1])
    expect(page.locator(".player .play")).to_have_attribute("aria-label", "Pause")
    # The mark follows the sound, also by keys.
    page.locator("body").press("ArrowDown")
    expect(page.locator(".sentences li").nth(5)).to_have_attribute("aria-current", "true")
    # Screen readers hear how fast it is.
    page.locator(".player .speed").click()
    expect(page.locator(".player .speed")).to_have_accessible_name("Speed: 1×")
    page.keyboard.press("Space")


def test_keys_play_wherever_the_focus_is(page):
    transcribe(page, SPEECH / "two_cities.wav")
    media = "document.querySelector('video')"
    for focused in (".player input", "#file-list a"):
        page.locator(focused).first.focus()
        page.keyboard.press("Space")
        page.wait_for_function(f"!{media}.paused")
        page.keyboard.press("Space")
        page.wait_for_function(f"{media}.paused")
        page.evaluate(f"{media}.currentTime = 1")
        page.keyboard.press("ArrowRight")
        assert 6 <= page.evaluate(f"{media}.currentTime") < 6.5
        page.keyboard.press("ArrowLeft")
        assert 1 <= page.evaluate(f"{media}.currentTime") < 1.5
    page.keyboard.press("e")
    expect(page.locator(".sentences.is-editing")).to_have_count(1)


def test_subtitles_are_made_from_the_edited_text(page):
    transcribe(page, SPEECH / "two_cities.wav")
    page.get_by_role("button", name="Edit").click()
    second = page.locator(".sentences .sentence").nth(1)
    second.fill("It was the worst of times: 5 < 6 --> & so on.")
    page.keyboard.press("Escape")
    expect(page.locator(".sentences.is-editing")).to_have_count(0)
    expected = [text for text in sentences(page)]
    assert expected[1] == "It was the worst of times: 5 < 6 --> & so on."

    subtitles = pysubs2.SSAFile.from_string(content(save(page, ".srt")), format_="srt")
    assert subtitles[1].text.replace("\\N", " ") == "It was the worst of times: 5 < 6 -> & so on."
    captions = list(webvtt.from_string(content(save(page, ".vtt"))))
    assert captions[1].raw_text.replace("\n", " ") == "It was the worst of times: 5 &lt; 6 --&gt; &amp; so on."
    document = json.loads(content(save(page, ".json")))
    assert [segment["text"] for segment in document["segments"]] == expected
    assert expected[1] in content(save(page, ".txt"))
    assert document["text"] + "\n" == content(save(page, ".txt"))

    assert all(len(line) <= 42 for event in subtitles for line in event.text.split("\\N"))
    assert all(event.text.count("\\N") <= 1 for event in subtitles)
    assert " ".join(event.text.replace("\\N", " ") for event in subtitles) == " ".join(expected).replace("-->", "->")
    times = [time for event in subtitles for time in (event.start, event.end)]
    assert times == sorted(times) and times[-1] <= document["duration"] * 1000

    page.get_by_role("button", name="Restore the original").click()
    confirm(page, "Restore the original")
    expect(page.locator(".sentence").nth(1)).to_have_text("It was the worst of times.")


def test_an_edit_survives_a_reload(page):
    transcribe(page, SPEECH / "beckett.wav")
    page.keyboard.press("e")
    page.locator(".sentence").fill("Fail better.")
    page.keyboard.press("Escape")
    expect(page.locator(".detail-meta")).to_contain_text("edited")
    page.reload()
    expect(page.locator(".sentence")).to_have_text("Fail better.")
    # The recording is there as well.
    page.locator(".sentence").click()
    expect(page.locator(".player .play")).to_have_attribute("aria-label", "Pause")


def test_a_text_is_copied(page):
    transcribe(page, SPEECH / "beckett.wav")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == BECKETT


def test_all_texts_are_saved_at_once(page, tmp_path):
    same = tmp_path / "other" / "beckett.wav"
    same.parent.mkdir()
    shutil.copy(SPEECH / "beckett.wav", same)
    choose(page, SPEECH / "beckett.wav")
    choose(page, same)
    expect(files(page, "done")).to_have_count(2)
    archive = zipfile.ZipFile(io.BytesIO(save(page, "Text", button="Save all").path().read_bytes()))
    assert archive.testzip() is None
    assert {name: archive.read(name).decode() for name in archive.namelist()} == {
        "beckett.txt": BECKETT + "\n",
        "beckett.2.txt": BECKETT + "\n",
    }


def test_names_and_texts_never_become_markup(page, tmp_path):
    name = "<img src=x onerror=alert(1)>.wav"
    shutil.copy(SPEECH / "beckett.wav", tmp_path / name)
    (tmp_path / "<b>not audio.wav").write_text("<script>alert(2)</script>")
    choose(page, tmp_path / name, tmp_path / "<b>not audio.wav")
    expect(files(page, "done")).to_have_count(1)
    expect(files(page, "failed")).to_have_count(1)
    expect(page.locator("#detail-title")).to_have_text(name)
    expect(files(page, "failed")).to_contain_text("Cannot decode '<b>not audio.wav'")
    page.keyboard.press("e")
    page.locator(".sentence").fill("<img src=x onerror=alert(3)>")
    assert any(result.get("isEdited") for result in stored(page))
    page.reload()
    expect(page.locator(".sentence")).to_have_text("<img src=x onerror=alert(3)>")
    files(page, "failed").locator("a").click()
    expect(page.locator("#detail-title")).to_have_text("<b>not audio.wav")
    assert page.locator("main img, main b, main script").count() == 0
    assert save(page, "Text", button="Save all").suggested_filename == "asr2clip-txt.zip"


def test_a_file_is_transcribed_again_with_other_options(page):
    transcribe(page, AUDIO / "en_word_16k.wav")
    page.keyboard.press("e")
    page.locator(".sentence").fill("Go.")
    page.keyboard.press("Escape")
    page.locator("#file-options summary").click()
    page.locator("[name=model]").first.select_option("hotwords")
    page.get_by_role("button", name="Transcribe again").click()
    expect(page.locator("dialog")).to_contain_text("Your changes of the text will be lost.")
    page.locator("dialog").get_by_role("button", name="Transcribe again").click()
    expect(page.locator(".sentence")).to_have_text("STOP")
    expect(page.locator(".detail-meta")).to_contain_text("hotwords")
    expect(page.locator(".detail-meta")).not_to_contain_text("edited")
