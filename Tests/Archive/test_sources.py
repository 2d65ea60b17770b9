"""Which files and addresses are recordings."""

import re

from archive.sources import EXTENSIONS, Recording, Unlisted, recordings
from conftest import ROOT


def names(inputs, lists=()):
    return [recording.relative for recording in recordings([str(name) for name in inputs], lists)]


def test_folders_are_walked_in_order_without_loops(folder):
    (folder / "later/again").symlink_to(folder)
    (folder / "later/notes.txt").write_text("no recording")
    (folder / "later/.hidden.wav").write_text("hidden")
    (folder / ".hidden").mkdir()
    (folder / ".hidden/c.wav").write_text("hidden")
    (folder / "z.MP3").symlink_to(folder / "first.wav")
    assert names([folder]) == ["first.wav", "z.MP3", "later/a.wav", "later/b.wav"]


def test_several_folders_keep_their_names(folder):
    assert names([folder / "later", folder / "first.wav"]) == ["later/a.wav", "later/b.wav", "first.wav"]


def test_a_link_that_leads_nowhere_is_reported(folder):
    (folder / "gone.wav").symlink_to(folder / "nowhere")
    [missing] = [found for found in recordings([str(folder)], []) if isinstance(found, Unlisted)]
    assert missing == Unlisted(f"{folder}/gone.wav", "No such file or directory")


def test_a_list_has_paths_and_addresses(folder):
    listed = folder / "list"
    named = "https://user:word@calls.example:8443/../2026/a%20b.wav?key=1"
    listed.write_text(f"{folder}/first.wav\n\n{named}\n{folder}/missing.wav\n")
    first, address, missing = recordings([], [str(listed)])
    assert first.relative == f"{folder}/first.wav".lstrip("/")
    assert address == Recording(named, "calls.example:8443/2026/a b.wav-5d5a2f99dc823ee5", (0, 0))
    assert address.name.startswith("https://calls.example:8443/../2026/a%20b.wav?sha256=") and "key" not in address.name
    assert isinstance(missing, Unlisted)


def test_a_link_that_leads_to_itself_is_reported_if_it_is_named_as_a_recording(folder):
    for name in "loop.wav", "loop":
        (folder / name).symlink_to(name)
    listed = list(recordings([str(folder)], []))
    assert [found.name for found in listed if isinstance(found, Unlisted)] == [f"{folder}/loop.wav"]
    assert len(listed) == 4


def test_impossible_names_in_a_list_fail_alone(folder):
    wrong = ["http://[", "http://../x.wav", "http://user@./x.wav", "http:///x.wav", "http://host/%00.wav", "a\0b.wav"]
    listed = folder / "list"
    listed.write_text("\n".join([*wrong, f"{folder}/first.wav"]))
    *failed, first = recordings([], [str(listed)])
    assert all(isinstance(found, Unlisted) for found in failed) and len(failed) == len(wrong)
    assert first.source == f"{folder}/first.wav"


def test_addresses_that_differ_in_their_query_have_places_of_their_own(folder):
    listed = folder / "list"
    listed.write_text("http://host/a.wav\nhttp://host/a.wav?id=1\nhttp://host/a.wav?id=2\n")
    places = names([], [str(listed)])
    assert places[0] == "host/a.wav" and len(set(places)) == 3
    assert all(place.startswith("host/a.wav-") for place in places[1:])


def test_folders_give_the_same_files_as_the_tool():
    source = (ROOT / "Sources/Tool/Dictation/Archive/RecordingName.swift").read_text()
    listed = re.search(r"extensions: Set<String> = \[(.*?)\n    \]", source, re.DOTALL)[1]
    assert set(re.findall(r'"(\w+)"', listed)) == EXTENSIONS


def test_the_query_of_an_address_need_not_be_utf8(folder):
    listed = folder / "list"
    listed.write_bytes(b"http://host/a.wav?key=\xe9\n")
    [address] = recordings([], [str(listed)])
    assert address.name.startswith("http://host/a.wav?sha256=")
