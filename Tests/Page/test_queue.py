"""The queue: many files, a server that is lost, reloads, and several tabs."""

import shutil

import pytest
from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, SPEECH, URL, choose, files, sentences


@pytest.fixture
def twenty(tmp_path):
    for number in range(20):
        shutil.copy(SPEECH / "beckett.wav", tmp_path / f"{number:02}.wav")
    return sorted(tmp_path.iterdir())


def test_twenty_files_survive_a_lost_server_and_a_reload(visit, link, twenty):
    page = visit(link.url)
    choose(page, *twenty)
    expect(files(page, "done").first).to_be_visible()
    link.cut()
    expect(page.locator("#queue-notice")).to_contain_text("The server cannot be reached")
    expect(page.locator("#server-state")).to_have_text("No connection")
    assert files(page).count() == 20 and files(page, "waiting").count() > 0
    assert files(page, "failed").count() == 0
    link.mend()
    page.reload()
    expect(files(page)).to_have_count(20)
    expect(files(page, "done")).to_have_count(20)
    expect(page.locator("#queue-notice")).to_be_hidden()
    expect(page.locator("#list-title")).to_have_text("20 files")
    names = page.locator("#file-list .file-name").all_inner_texts()
    assert names == [file.name for file in twenty]
    for row in (files(page).first, files(page).last):
        row.locator("a").click()
        expect(page.locator("#detail-title")).to_have_text(row.locator(".file-name").inner_text())
        assert sentences(page) == [BECKETT]


def test_a_queue_goes_on_by_itself_when_the_server_is_back(visit, link, twenty):
    page = visit(link.url)
    link.cut()
    choose(page, *twenty[:3])
    expect(page.locator("#queue-notice")).to_contain_text("The server cannot be reached")
    link.mend()
    expect(files(page, "done")).to_have_count(3)
    expect(page.locator("#queue-notice")).to_be_hidden()


def test_two_tabs_share_one_queue(visit, twenty):
    first = visit()
    second = first.context.new_page()
    second.goto(URL)
    expect(second.locator("body[data-ready]")).to_be_visible()
    sent = []
    for page in (first, second):
        page.on("request", lambda request: request.url.endswith("transcriptions") and sent.append(request))
    choose(second, *twenty[:3])
    for page in (first, second):
        expect(files(page, "done")).to_have_count(3)
    assert len(sent) == 3
    files(second).first.locator("a").focus()
    second.keyboard.press("Delete")
    second.locator("dialog").get_by_role("button", name="Delete").click()
    expect(files(first)).to_have_count(2)
    first.close()
    choose(second, AUDIO / "en_word_16k.wav")
    expect(files(second, "done")).to_have_count(3)


def kept(page, *recordings):
    """Waits until the browser has a copy of each."""
    size = sum(recording.stat().st_size for recording in recordings)
    expect(page.locator("#kept-text")).to_contain_text(f"{size / 1e6:.1f} MB")


def test_a_file_that_is_moved_or_changed_while_it_waits_is_sent_all_the_same(visit, link, twenty):
    page = visit(link.url)
    link.hold()
    choose(page, *twenty[:4])
    kept(page, *twenty[:4])
    twenty[1].rename(twenty[1].with_name("moved.wav"))
    twenty[2].unlink()
    twenty[3].write_text("changed")
    link.go_on()
    expect(files(page, "done")).to_have_count(4)
    files(page).nth(3).locator("a").click()
    assert sentences(page) == [BECKETT]
    page.locator(".sentence").click()
    expect(page.locator(".player .play")).to_have_attribute("aria-label", "Pause")


def test_a_file_that_is_moved_before_it_is_copied_says_so(page, twenty):
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'other' }))")
    page.locator("#other").set_input_files(str(twenty[0]))
    assert page.evaluate("document.querySelector('#other').files[0].size") == twenty[0].stat().st_size
    twenty[0].unlink()
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(document.querySelector("#other").files[0]);
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }"""
    )
    expect(files(page, "failed")).to_contain_text("moved or changed on the disk")


def test_the_browser_asks_before_a_recording_is_lost_that_it_cannot_keep(visit, link, twenty):
    page = visit(link.url)
    page.evaluate("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    link.hold()
    page.locator("#choose").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(twenty[0]))
    expect(page.locator("#queue-notice")).to_contain_text("has no room to keep “00.wav”")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    link.go_on()
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator("#queue-notice")).to_be_hidden()
    page.close(run_before_unload=True)


def test_a_tab_sends_what_only_it_has(visit, link, twenty):
    first = visit(link.url)
    second = visit(link.url, context=first.context)
    expect(second.locator("#queue-notice")).to_contain_text("another tab")
    second.evaluate("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    choose(second, twenty[0])
    for page in (first, second):
        expect(files(page, "done")).to_have_count(1)


def test_a_recording_that_was_lost_with_its_tab_says_so(visit, link, twenty):
    first = visit(link.url)
    first.evaluate("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    link.hold()
    choose(first, twenty[0])
    expect(first.locator("#queue-notice")).to_contain_text("no room")
    first.close()
    link.go_on()
    second = visit(link.url, context=first.context)
    expect(files(second, "failed")).to_contain_text("not in this browser any more")
