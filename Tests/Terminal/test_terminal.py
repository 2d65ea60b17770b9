"""The tool at a terminal: what it draws, which keys it hears, what it leaves behind.

Run by TerminalTests, which provides a sound server (paplay), a speech server and the variables below.
"""

import base64
import fcntl
import os
import select
import signal
import subprocess
import termios
import time

import pytest

TOOL = os.environ["ASR2CLIP_TOOL"]
URL = os.environ["ASR2CLIP_URL"]
SPEECH = os.environ["ASR2CLIP_SPEECH"]
LONG_SPEECH = os.environ["ASR2CLIP_LONG_SPEECH"]
TEXT = "one two three four"
LIMIT = 60


class Terminal:
    """The tool in a pseudo-terminal of its own."""

    def __init__(self, *arguments, stdout=None, **variables):
        self.ours, self.its = os.openpty()
        self.before = termios.tcgetattr(self.its)
        self.seen = b""
        environment = {**os.environ, "TERM": "xterm", **variables}
        self.process = subprocess.Popen(
            [TOOL, "--url", URL, *arguments],
            stdin=self.its,
            stdout=stdout or self.its,
            stderr=self.its,
            env={name: value for name, value in environment.items() if value is not None},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.its)

    def read(self, until):
        """Reads until something has been seen."""
        deadline = time.monotonic() + LIMIT
        while until not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.ours], [], [], 0.1)[0]:
                self.seen += os.read(self.ours, 65536)

    def type(self, keys):
        os.write(self.ours, keys)

    def end(self):
        """Waits for the tool to end, and reads the rest. Returns its exit status."""
        status = self.process.wait(LIMIT)
        while select.select([self.ours], [], [], 0.2)[0]:
            self.seen += os.read(self.ours, 65536)
        return status


def say(recording=SPEECH):
    """Plays a recording to its end, and lets its last sound arrive."""
    subprocess.run(["paplay", "--device=virt", recording], check=True, timeout=LIMIT)
    time.sleep(0.3)


def wait_until_recording(cache):
    """Waits until sound has come into the file that is kept of it."""
    deadline = time.monotonic() + LIMIT
    while not any(file.stat().st_size > 1000 for file in (cache / "asr2clip" / "recordings").glob("*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_enter_ends_the_recording_and_restores_the_terminal():
    with Terminal("--clipboard", "none") as terminal:
        terminal.read("●".encode())
        say()
        terminal.type(b"xyz")
        terminal.type(b"\r")
        terminal.read(TEXT.encode())
        assert terminal.end() == 0
        assert "█".encode() in terminal.seen  # the meter moved
        assert b"0:01" in terminal.seen  # and so did the clock
        assert b"xyz" not in terminal.seen  # what is typed is not shown
        assert termios.tcgetattr(terminal.its) == terminal.before


def test_the_text_replaces_the_meter():
    with Terminal("--clipboard", "none") as terminal:
        terminal.read("●".encode())
        say()
        terminal.type(b"\n")
        assert terminal.end() == 0
        last = terminal.seen.rsplit(b"\x1b[K", 1)[1]
        assert last.strip() == TEXT.encode()


@pytest.mark.parametrize("times", [1, 2])
def test_control_c_is_read_as_a_key(times):
    with Terminal("--clipboard", "none") as terminal:
        terminal.read("●".encode())
        say()
        for _ in range(times):
            terminal.type(b"\x03")
            time.sleep(0.01)
        status = terminal.end()
        assert status in ((0,) if times == 1 else (0, 130))  # the text may be quicker than the second
        # The status line may show it in any case, but without the end of a line.
        assert (TEXT.encode() + b"\r\n" in terminal.seen) == (status == 0)
        assert termios.tcgetattr(terminal.its) == terminal.before


def test_standard_output_has_only_the_text():
    with Terminal("--clipboard", "none", stdout=subprocess.PIPE) as terminal:
        terminal.read("●".encode())
        say()
        terminal.type(b"\r")
        output = terminal.process.stdout.read()
        assert terminal.end() == 0
        assert output == TEXT.encode() + b"\n"
        # The status line, which may have shown it, is gone.
        assert TEXT.encode() not in terminal.seen.rsplit(b"\x1b[K", 1)[-1]


def test_words_are_shown_while_they_are_said():
    with Terminal("--clipboard", "none", stdout=subprocess.PIPE) as terminal:
        terminal.read("●".encode())
        say(LONG_SPEECH)
        terminal.read(b"two three")
        assert terminal.process.poll() is None
        terminal.type(b"\r")
        output = terminal.process.stdout.read()
        assert terminal.end() == 0
        assert output.startswith(b"open one two three") and output.count(b"\n") == 1
        assert b"two three" not in terminal.seen.rsplit(b"\x1b[K", 1)[-1]


def test_words_are_printed_while_they_are_said(tmp_path):
    with Terminal("--clipboard", "none", "--live", "--quiet", XDG_CACHE_HOME=str(tmp_path)) as terminal:
        wait_until_recording(tmp_path)
        say(LONG_SPEECH)
        terminal.read(b"open one two")
        assert terminal.process.poll() is None
        terminal.type(b"\r")
        assert terminal.end() == 0
        assert terminal.seen.count(b"open") == 1 and b"\x1b" not in terminal.seen


@pytest.mark.parametrize("variables, colored", [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_no_color_turns_colours_off(variables, colored):
    with Terminal("--clipboard", "none", **variables) as terminal:
        terminal.read("●".encode())
        say()
        terminal.type(b"\r")
        terminal.end()
        assert ("█".encode() in terminal.seen) and (b"\x1b[32m" in terminal.seen) == colored


@pytest.mark.parametrize("arguments, variables", [((), {"TERM": "dumb"}), (("--quiet",), {})])
def test_dumb_terminals_and_quiet_show_no_meter(arguments, variables, tmp_path):
    with Terminal("--clipboard", "none", *arguments, **variables, XDG_CACHE_HOME=str(tmp_path)) as terminal:
        wait_until_recording(tmp_path)
        say()
        terminal.type(b"\r")
        terminal.read(TEXT.encode())
        assert terminal.end() == 0
        assert "●".encode() not in terminal.seen and b"\x1b" not in terminal.seen
        if "--quiet" in arguments:
            assert terminal.seen.strip() == TEXT.encode()


@pytest.mark.parametrize("arguments", [("--clipboard", "osc52"), ("--clipboard", "auto")])
def test_over_ssh_the_terminal_is_asked_to_copy(arguments):
    with Terminal(*arguments, SSH_CONNECTION="::1 1 ::1 22", DISPLAY=None) as terminal:
        terminal.read("●".encode())
        say()
        terminal.type(b"\r")
        assert terminal.end() == 0
        assert b"\x1b]52;c;" + base64.b64encode(TEXT.encode()) + b"\x07" in terminal.seen


def test_a_background_job_does_not_touch_the_terminal(tmp_path):
    with Terminal("--clipboard", "none") as terminal:
        terminal.read("●".encode())
        assert termios.tcgetattr(terminal.its) != terminal.before
    # The same in another process group than the terminal's: it must not be stopped for touching it.
    ours, its = os.openpty()
    script = f'"{TOOL}" --url "{URL}" --clipboard none & job=$!; read go; kill -INT $job; wait $job'
    shell = subprocess.Popen(
        ["bash", "-m", "-c", script],
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", "XDG_CACHE_HOME": str(tmp_path)},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    wait_until_recording(tmp_path)
    say()
    os.write(ours, b"\n")
    output, _ = shell.communicate(timeout=LIMIT)
    assert output == TEXT.encode() + b"\n"
    os.close(ours)
    os.close(its)


def test_a_closed_terminal_ends_the_tool_and_keeps_the_recording(tmp_path):
    variables = {"XDG_CACHE_HOME": str(tmp_path)}
    cache = tmp_path / "asr2clip" / "recordings"
    with Terminal("--clipboard", "none", **variables) as terminal:
        terminal.read("●".encode())
        say()
        terminal.process.send_signal(signal.SIGHUP)
        terminal.process.wait(LIMIT)
    assert len(os.listdir(cache)) == 1
    retry = subprocess.run(
        [TOOL, "--url", URL, "--retry", "-q", "--clipboard", "none"],
        capture_output=True,
        timeout=LIMIT,
        env={**os.environ, **variables},
    )
    assert retry.stdout == TEXT.encode() + b"\n"
    assert os.listdir(cache) == []


def test_text_of_a_file_is_streamed_and_ends_with_a_newline():
    with Terminal("-i", SPEECH, "--clipboard", "none") as terminal:
        assert terminal.end() == 0
        assert terminal.seen.rsplit(b"\x1b[K", 1)[-1].strip() == TEXT.encode()


def test_the_copied_text_survives_the_terminal():
    """As in `xterm -e asr2clip`: the tool leads its session, and its end hangs the session up."""
    with Terminal("-i", SPEECH, "--clipboard", "xclip") as terminal:
        assert terminal.end() == 0
    time.sleep(0.5)
    pasted = subprocess.run(["xclip", "-o", "-selection", "clipboard"], capture_output=True, timeout=LIMIT)
    assert pasted.stdout == TEXT.encode()


def test_enter_does_not_end_a_vad_session():
    with Terminal("--vad", "--silence_duration", "0.5", "--clipboard", "none") as terminal:
        terminal.read("●".encode())
        terminal.type(b"\r")
        say()
        terminal.read(TEXT.encode())
        assert terminal.process.poll() is None
        terminal.type(b"\x03")
        assert terminal.end() == 0


def test_a_paused_terminal_does_not_pause_recording(tmp_path):
    """Ctrl-S stops what is shown; the sound goes on into its file."""
    with Terminal("--clipboard", "none", stdout=subprocess.PIPE, XDG_CACHE_HOME=str(tmp_path)) as terminal:
        terminal.read("●".encode())
        wait_until_recording(tmp_path)
        [recording] = (tmp_path / "asr2clip" / "recordings").glob("recording-*")
        terminal.type(b"\x13")
        time.sleep(1)
        before = recording.stat().st_size
        say()
        assert recording.stat().st_size > before + 32000
        terminal.type(b"\x11")
        terminal.type(b"\r")
        assert terminal.process.stdout.read() == TEXT.encode() + b"\n"
        assert terminal.end() == 0
