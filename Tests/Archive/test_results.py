"""Which recordings are done, whatever happens to a run."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from archive.journal import Busy, Refused
from archive.results import Results
from archive.sources import recordings
from conftest import FIELDS, ROOT, journal


def found(*inputs, lists=()):
    return list(recordings([str(name) for name in inputs], lists))


def transcribe(recordings, output=None, is_forced=False, **fields):
    """Writes a result for each recording that is to be transcribed. Returns their names."""
    begun = []
    with Results(FIELDS | fields, output, is_forced) as results:
        for recording in recordings:
            if results.begin(recording):
                begun.append(recording)
                results.finish(recording, "the text\n\n")
    return [os.path.basename(recording.source) for recording in begun]


def test_done_recordings_are_skipped(folder):
    assert transcribe(found(folder)) == ["first.wav", "a.wav", "b.wav"]
    assert (folder / "later/a.wav.txt").read_text() == "the text\n"
    assert transcribe(found(folder)) == []
    assert transcribe(found(folder), is_forced=True) == ["first.wav", "a.wav", "b.wav"]


def test_a_changed_recording_other_options_and_a_missing_result_are_done_again(folder):
    transcribe(found(folder))
    os.utime(folder / "later/a.wav", ns=(0, 5))
    (folder / "later/b.wav.txt").unlink()
    assert transcribe(found(folder)) == ["a.wav", "b.wav"]
    assert transcribe(found(folder), language="en") == ["first.wav", "a.wav", "b.wav"]
    assert transcribe(found(folder), response_format="srt") == ["first.wav", "a.wav", "b.wav"]
    assert len(list(folder.rglob("*.wav.*"))) == 6


def test_an_edited_result_is_done_and_a_foreign_file_is_in_the_way(folder):
    transcribe(found(folder / "later"))
    (folder / "later/a.wav.txt").write_text("edited")
    (folder / "first.wav.txt").write_text("somebody else's")
    assert transcribe(found(folder / "later")) == []
    with pytest.raises(Refused, match="written by another program"):
        transcribe(found(folder / "first.wav"))
    assert (folder / "first.wav.txt").read_text() == "somebody else's"


def test_force_does_not_replace_an_edited_result(folder):
    transcribe(found(folder))
    (folder / "first.wav.txt").write_text("edited")
    with pytest.raises(Refused, match="changed by another program"):
        transcribe(found(folder / "first.wav"), is_forced=True)
    assert transcribe(found(folder / "later"), is_forced=True) == ["a.wav", "b.wav"]
    assert (folder / "first.wav.txt").read_text() == "edited"


def test_a_result_that_is_edited_meanwhile_is_not_replaced(folder):
    with Results(FIELDS, None, True) as results:
        transcribe(found(folder / "later"))
        [recording] = found(folder / "first.wav")
        assert results.begin(recording)
        results.finish(recording, "the text")
        assert results.begin(recording)
        (folder / "first.wav.txt").write_text("edited")
        with pytest.raises(Refused, match="changed by another program"):
            results.finish(recording, "the text")
    assert (folder / "first.wav.txt").read_text() == "edited"


@pytest.mark.parametrize("result", [None, [], {}])
def test_a_line_that_is_none_of_ours_does_no_harm(folder, result):
    transcribe(found(folder / "first.wav"))
    [line] = journal(folder)
    line["result"] = result
    if result is None:
        del line["result"]
    with (folder / ".asr2clip-results.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n" + "[" * 100_000 + "\n")
    assert transcribe(found(folder / "first.wav")) == []


@pytest.mark.parametrize("text, written", [
    (" Hello \n", "Hello\n"), ("a\x1b[31mb\x07\r\n c\td\x9b", "a[31mb\n c\td\n"), (" \n\t", ""), ("[blank_audio]", ""),
    ("[ Silence ]", ""), ("(upbeat music) [MUSIC]\n", ""), ("*coughs*", ""), ("♪♪♪", ""), ("<|nospeech|>", ""),
    ("...", ""),
    ("[Silence].", ""), ("Hello [BLANK_AUDIO] world", "Hello world\n"), ("<|en|>Hello\u200b", "Hello\n"),
    ("(Hello) world", "(Hello) world\n"), ("5 * 3 * 2", "5 * 3 * 2\n"), ("?", "?\n"), ("[x", "[x\n"),
    ("a\nb", "a\nb\n"),
])
def test_texts_are_cleaned_as_by_the_tool(folder, text, written):
    """The cases of SpokenTextTests."""
    with Results(FIELDS, None, False) as results:
        [recording] = found(folder / "first.wav")
        results.begin(recording)
        results.finish(recording, text)
    assert (folder / "first.wav.txt").read_bytes().decode() == written


def test_a_line_without_its_result_counts_for_nothing(folder):
    """Killed between the line of the new version and its name."""
    transcribe(found(folder / "first.wav"))
    old = (folder / "first.wav.txt").read_text(), os.stat(folder / "first.wav.txt").st_mtime_ns
    os.utime(folder / "first.wav", ns=(0, 5))
    transcribe(found(folder / "first.wav"))
    (folder / "first.wav.txt").write_text(old[0])
    os.utime(folder / "first.wav.txt", ns=(0, old[1]))
    assert transcribe(found(folder / "first.wav")) == ["first.wav"]


def test_a_torn_line_and_a_partial_file_of_a_killed_run_do_no_harm(folder):
    transcribe(found(folder / "later"))
    with (folder / "later/.asr2clip-results.jsonl").open("a") as file:
        file.write('{"result": "c.wav')
    (folder / "later/.asr2clip-partial-1").write_text("half a te")
    shutil.copyfile(folder / "first.wav", folder / "later/c.wav")
    assert transcribe(found(folder / "later")) == ["c.wav"]
    assert transcribe(found(folder / "later")) == []
    assert not (folder / "later/.asr2clip-partial-1").exists()


def test_a_killed_run_leaves_whole_results_only(folder):
    for number in range(200):
        shutil.copyfile(folder / "first.wav", folder / f"later/{number}.wav")
    code = f"""if True:
        import sys
        sys.path[:0] = [{str(ROOT / 'deploy/ray')!r}]
        from archive.results import Results
        from archive.sources import recordings
        with Results({FIELDS!r}, None, False) as results:
            for recording in recordings([{str(folder)!r}], []):
                if results.begin(recording):
                    results.finish(recording, "text " * 1000)
                    print(flush=True)
    """
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    for _ in range(30):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    whole = [path for path in folder.rglob("*.txt") if path.read_text() == "text " * 999 + "text\n"]
    assert len(whole) == len(list(folder.rglob("*.txt"))) >= 30
    assert len(transcribe(found(folder))) == 203 - len(whole)
    assert transcribe(found(folder)) == []


def test_only_one_run_works_in_a_folder(folder):
    with Results(FIELDS, None, False) as first:
        assert first.begin(found(folder / "first.wav")[0])
        with pytest.raises(Busy, match="Another process"):
            transcribe(found(folder / "first.wav"))


def test_results_of_one_name_are_refused(folder):
    shutil.copyfile(folder / "first.wav", folder / "later/first.wav")
    output = folder / "texts"
    with pytest.raises(Refused, match="is the result of"):
        transcribe(found(folder / "first.wav", folder / "later/first.wav"), output)


def test_each_query_of_an_address_has_its_result(tmp_path):
    listed, output = tmp_path / "list", tmp_path / "texts"
    listed.write_text("http://host/call?id=1\nhttp://host/call?id=2\n")
    assert len(transcribe(found(lists=[str(listed)]), output)) == 2
    assert len(list(output.rglob("*.txt"))) == 2
    assert transcribe(found(lists=[str(listed)]), output) == []


def test_the_result_of_another_address_is_in_the_way(tmp_path):
    """An address has no version that would tell it from another one."""
    listed, output = tmp_path / "list", tmp_path / "texts"
    listed.write_text("http://host/a.wav\n")
    transcribe(found(lists=[str(listed)]), output)
    listed.write_text("https://host/a.wav\n")
    with pytest.raises(Refused, match="is the result of 'http://host/a.wav'"):
        transcribe(found(lists=[str(listed)]), output)


def test_an_archive_that_was_moved_is_done(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("texts")
    transcribe(found(folder), output)
    moved = tmp_path_factory.mktemp("moved") / "archive"
    shutil.copytree(folder, moved)
    assert transcribe(found(moved), output) == []


def test_results_below_another_folder_have_the_places_of_their_recordings(folder):
    output = folder / ".texts"
    transcribe(found(folder), output)
    assert sorted(str(path.relative_to(output)) for path in output.rglob("*.txt")) == [
        "first.wav.txt", "later/a.wav.txt", "later/b.wav.txt"]
    assert journal(output)[0]["origin"] == {
        "options": {"format": "text", "model": "transducer"}, "source": str(folder / "first.wav"),
        "stamp": {"modified": os.stat(folder / "first.wav").st_mtime_ns, "size": os.stat(folder / "first.wav").st_size}}


def test_names_need_not_be_utf8(folder):
    name = os.fsdecode(b"caf\xe9.wav")
    shutil.copyfile(folder / "first.wav", folder / name)
    assert transcribe(found(folder / name)) == [name]
    assert transcribe(found(folder / name)) == []
    assert journal(folder)[0]["result"] == "caf\U0010FEE9.wav.txt"
