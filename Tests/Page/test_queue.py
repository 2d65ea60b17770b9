"""The queue: many files, a server that is lost, reloads, and several tabs."""

from playwright.sync_api import expect

from conftest import AUDIO, BECKETT, URL, choose, files, sentences


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


def test_a_file_at_which_another_server_fails_is_not_sent_for_ever(page):
    error = {"error": {"message": "The other server is out of memory.", "code": "upstream_failed"}}
    sent = []

    def fail(route):
        sent.append(route)
        route.fulfill(status=502, json=error)

    page.route("**/v1/audio/transcriptions", fail, times=5)
    choose(page, AUDIO / "en_word_16k.wav")
    expect(files(page, "waiting")).to_contain_text("The other server is out of memory.")
    expect(files(page, "failed")).to_contain_text("The other server is out of memory.")
    assert len(sent) == 5
    page.get_by_role("button", name="Try again").click()
    expect(files(page, "done")).to_have_count(1)


def test_an_error_within_a_stream_that_passes_is_waited_for(page):
    error = 'data: {"error": {"message": "Too many wait.", "code": "queue_full"}}\n\n'
    page.route(
        "**/v1/audio/transcriptions",
        lambda route: route.fulfill(status=200, content_type="text/event-stream", body=error),
        times=1,
    )
    choose(page, AUDIO / "en_word_16k.wav")
    expect(files(page, "waiting")).to_contain_text("Too many wait.")
    expect(files(page, "done")).to_have_count(1)


SLOW_HEALTH = """
    const ask = window.fetch;
    window.fetch = async (address, options) => {
        if (`${address}`.endsWith("/health")) await new Promise((resolve) => setTimeout(resolve, 1500));
        return ask(address, options);
    };
"""


def test_a_server_that_answers_slowly_does_not_hide_that_a_file_breaks(visit):
    page = visit(script=SLOW_HEALTH)
    sent = []

    def abort(route):
        sent.append(route)
        route.abort()

    page.route("**/v1/audio/transcriptions", abort)
    choose(page, AUDIO / "en_word_16k.wav")
    expect(files(page, "failed")).to_contain_text("broke off five times")
    assert len(sent) == 5
