"""The copies of recordings that the browser keeps, and what becomes of those that it cannot keep."""

from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, choose, close, closing_asks, confirm, files, sentences


def kept(page, *recordings):
    """Waits until the browser has a copy of each."""
    size = sum(recording.stat().st_size for recording in recordings)
    expect(page.locator("#kept-text")).to_contain_text(f"{size / 1e6:.1f} MB")


def test_a_file_that_is_moved_or_changed_while_it_waits_is_sent_all_the_same(visit, link, copies):
    page = visit(link.url)
    link.hold()
    choose(page, *copies)
    kept(page, *copies)
    copies[1].rename(copies[1].with_name("moved.wav"))
    copies[2].unlink()
    copies[3].write_text("changed")
    link.go_on()
    expect(files(page, "done")).to_have_count(4)
    files(page).nth(3).locator("a").click()
    assert sentences(page) == [BECKETT]
    page.locator(".sentence").click()
    expect(page.locator(".player .play")).to_have_attribute("aria-label", "Pause")


def test_a_file_that_is_moved_before_it_is_copied_says_so(page, copies):
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'other' }))")
    page.locator("#other").set_input_files(str(copies[0]))
    assert page.evaluate("document.querySelector('#other').files[0].size") == copies[0].stat().st_size
    copies[0].unlink()
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(document.querySelector("#other").files[0]);
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }"""
    )
    expect(files(page, "failed")).to_contain_text("moved or changed on the disk")


def test_the_browser_asks_before_a_recording_is_lost_that_it_cannot_keep(visit, link, copies):
    page = visit(link.url)
    page.evaluate("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    link.hold()
    page.locator("#choose").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(copies[0]))
    expect(page.locator("#queue-notice")).to_contain_text("has no room to keep “00.wav”")
    assert closing_asks(page)
    link.go_on()
    expect(files(page, "done")).to_have_count(1)
    expect(page.locator("#queue-notice")).to_be_hidden()
    close(page)


# The stores of each transaction that writes recordings.
WRITES = """
    window.writes = [];
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, mode, ...rest) {
        if (mode === "readwrite" && [names].flat().includes("recordings")) writes.push([names].flat().sort().join());
        return begin.call(this, names, mode, ...rest);
    };
"""


def test_a_recording_is_never_stored_or_left_without_its_result(visit):
    page = visit(script=WRITES)
    choose(page, AUDIO / "en_word_16k.wav")
    expect(files(page, "done")).to_have_count(1)
    assert page.evaluate("writes") == ["recordings,results"]
    files(page).get_by_role("button").press("Enter")
    confirm(page)
    expect(files(page)).to_have_count(0)
    assert page.evaluate("writes") == ["recordings,results"] * 2


def test_a_tab_sends_what_only_it_has(visit, link, copies):
    first = visit(link.url)
    second = visit(link.url, context=first.context)
    expect(second.locator("#queue-notice")).to_contain_text("another tab")
    second.evaluate("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    choose(second, copies[0])
    for page in (first, second):
        expect(files(page, "done")).to_have_count(1)


def test_a_recording_that_was_lost_with_its_tab_says_so(visit, link, copies):
    first = visit(link.url)
    first.evaluate("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    link.hold()
    choose(first, copies[0])
    expect(first.locator("#queue-notice")).to_contain_text("no room")
    first.close()
    link.go_on()
    second = visit(link.url, context=first.context)
    expect(files(second, "failed")).to_contain_text("not in this browser any more")


def test_a_recording_is_missed_although_its_tab_was_closed_later(visit, link, copies):
    first = visit(link.url)
    second = visit(link.url, context=first.context)
    expect(second.locator("#queue-notice")).to_contain_text("another tab")
    second.evaluate("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    link.hold()
    choose(second, copies[0])
    expect(files(first, "working")).to_contain_text("another tab")
    second.close()
    link.go_on()
    choose(first, copies[1])
    expect(files(first, "failed")).to_contain_text("not in this browser any more")
    expect(files(first, "done")).to_have_count(1)
