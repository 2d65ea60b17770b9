"""GET /metrics of a server with one decode lane, the models whisper and broken, and at most 5 s of sound a request."""

import json
import os
import signal
import socket
import time
from urllib.parse import urlsplit

import openai
import pytest

from conftest import AUDIO, URL
from metrics import Metrics, eventually, http

TRANSCRIPTIONS = "/v1/audio/transcriptions"
WHISPER = {"model": "whisper"}


def requests(metrics, endpoint, method, status):
    labels = {"endpoint": endpoint, "method": method, "status": str(status)}
    return metrics["asr2clip_http_requests_total", labels]


def counted(before, *request):
    return requests(Metrics(), *request) - requests(before, *request)


def engine(model="whisper"):
    """The process id of a model's engine, once it is loaded."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for entry in json.loads(http("GET", "/v1/ps")[2])["data"]:
            if (entry["model"], entry["status"]) == (model, "loaded"):
                return entry["pid"]
        time.sleep(0.05)
    raise AssertionError(f"no engine of {model}")


def complete():
    """Metrics with those that the engine of whisper tells: they are left out when it is slow to answer."""
    answers = []

    def has_lanes():
        answers.append(Metrics())
        return ("asr2clip_decode_lanes", WHISPER) in answers[-1]

    eventually(has_lanes, True, limit=60)
    return answers[-1]


def form(**fields):
    """A form with a recording that takes a while, and its type."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    sound = (AUDIO / "en_two_phrases_16k.wav").read_bytes()
    return "".join(parts).encode() + head.encode() + sound + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"


def send_and_leave(**fields):
    """Sends a whole request and is gone before the end of its answer, while the engine is held up."""
    body, content_type = form(**fields)
    address = urlsplit(URL)
    with socket.create_connection((address.hostname, address.port)) as connection:
        head = f"POST {TRANSCRIPTIONS} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {content_type}\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        eventually(lambda: Metrics()["asr2clip_queue_jobs", WHISPER], 1)


def test_requests_and_their_audio_are_counted(transcribe):
    assert engine()
    before = Metrics()
    for _ in range(3):
        assert transcribe(model="whisper").text == "one two three four"
    eventually(lambda: counted(before, TRANSCRIPTIONS, "POST", 200), 3)
    after = Metrics()

    def grown(*key):
        return after[key] - before[key]

    assert grown("asr2clip_audio_seconds_total", WHISPER) == pytest.approx(3 * 1.699, abs=0.003)
    for histogram in ("asr2clip_realtime_factor_ratio", "asr2clip_queue_wait_seconds"):
        assert grown(f"{histogram}_count", WHISPER) == 3
        assert grown(f"{histogram}_sum", WHISPER) > 0
    route = {"endpoint": TRANSCRIPTIONS, "method": "POST"}
    assert grown("asr2clip_http_request_duration_seconds_count", route) == 3
    assert grown("asr2clip_spooled_bytes_total", {}) == 3 * (AUDIO / "en_digits_16k.wav").stat().st_size
    eventually(lambda: Metrics()["asr2clip_spool_bytes"], 0)


def test_a_stream_is_one_request(transcribe):
    before = Metrics()
    events = list(transcribe("en_two_phrases_16k.wav", model="whisper", stream=True))
    assert events[-1].type == "transcript.text.done"
    eventually(lambda: counted(before, TRANSCRIPTIONS, "POST", 200), 1)
    grown = Metrics()["asr2clip_audio_seconds_total", WHISPER] - before["asr2clip_audio_seconds_total", WHISPER]
    assert grown == pytest.approx(3.595, abs=0.001)


def test_refusals_are_counted_by_status_without_audio(transcribe):
    before = Metrics()
    for options in ({"response_format": "docx"}, {"file": "bad_text.wav"}):
        with pytest.raises(openai.BadRequestError):
            transcribe(model="whisper", **options)
    with pytest.raises(openai.NotFoundError):
        transcribe(model="nobody")
    with pytest.raises(openai.APIStatusError) as error:
        transcribe("session_60s.flac", model="whisper")
    assert error.value.status_code == 413
    for status, count in {400: 2, 404: 1, 413: 1}.items():
        eventually(lambda: counted(before, TRANSCRIPTIONS, "POST", status), count)
    for name in ("asr2clip_audio_seconds_total", "asr2clip_queue_wait_seconds_count"):
        assert Metrics()[name, WHISPER] == before[name, WHISPER]


def test_clients_cannot_create_series(transcribe):
    def send(number):
        http("GET", f"/nowhere/{number}?key={number}")
        http("PURGE" if number % 2 else "LINK", "/v1/models")
        http("GET", f"/v1/models/nobody-{number}")
        http("PUT", "/health")

    def all_counted(before, count):
        for request in (
            ("other", "GET", 404), ("/v1/models", "other", 405), ("/v1/models/**", "GET", 404), ("/health", "PUT", 405),
        ):  # fmt: skip
            eventually(lambda: counted(before, *request), count)

    first = Metrics()
    send(0)
    all_counted(first, 1)
    before = complete()
    for number in range(50):
        send(number)
    with pytest.raises(openai.NotFoundError):
        transcribe(model='nobody"} 1\nasr2clip_build_info{')
    all_counted(before, 50)
    eventually(lambda: counted(before, TRANSCRIPTIONS, "POST", 404), 1)
    assert set(complete().values) == set(before.values)


def test_head_requests_and_probes_are_counted():
    before = Metrics()
    assert http("HEAD", "/v1/models")[0] == http("GET", "/health")[0] == 200
    assert http("HEAD", "/nowhere")[0] == 404
    eventually(lambda: counted(before, "/v1/models", "HEAD", 200), 1)
    eventually(lambda: counted(before, "/health", "GET", 200), 1)
    eventually(lambda: counted(before, "other", "HEAD", 404), 1)
    assert counted(before, "/metrics", "GET", 200) >= 1


@pytest.mark.parametrize("stream", ["false", "true"])
def test_a_disconnected_client_is_counted_separately(stream):
    pid = engine()
    before = Metrics()
    os.kill(pid, signal.SIGSTOP)
    try:
        send_and_leave(stream=stream, **WHISPER)
        eventually(lambda: counted(before, TRANSCRIPTIONS, "POST", 499), 1)
    finally:
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: Metrics()["asr2clip_queue_jobs", WHISPER], 0)
    assert counted(before, TRANSCRIPTIONS, "POST", 200) == 0


def test_a_killed_engine_is_one_restart(transcribe):
    pid = engine()
    before = Metrics()
    os.kill(pid, signal.SIGKILL)
    for name in ("asr2clip_engine_restarts_total", "asr2clip_model_unloads_total", "asr2clip_model_loads_total"):
        eventually(lambda: Metrics()[name, WHISPER] - before[name, WHISPER], 1)
    assert engine() != pid
    assert transcribe(model="whisper").text == "one two three four"
    after = Metrics()
    loaded = after["asr2clip_model_loads_total", WHISPER] - after["asr2clip_model_unloads_total", WHISPER]
    assert loaded == 1


def test_a_model_that_cannot_be_loaded_has_counters_at_zero(transcribe):
    with pytest.raises(openai.APIStatusError):
        transcribe(model="broken")
    metrics = Metrics()
    for name in ("asr2clip_engine_restarts_total", "asr2clip_model_unloads_total", "asr2clip_model_loads_total"):
        key = (name, {"model": "broken"})
        assert key in metrics and metrics[key] == 0


def test_lanes_and_memory_are_measured():
    engine()
    metrics = complete()
    assert metrics["asr2clip_decode_lanes", WHISPER] == 1
    for name in ("asr2clip_decode_lanes_busy", "asr2clip_queue_segments", "asr2clip_queue_jobs"):
        assert (name, WHISPER) in metrics and metrics[name, WHISPER] == 0
    server = metrics["asr2clip_process_resident_memory_bytes", {"process": "server", "model": ""}]
    whisper = metrics["asr2clip_process_resident_memory_bytes", {"process": "engine", "model": "whisper"}]
    assert 1 << 20 < server < 1 << 30 and 1 << 20 < whisper < 1 << 34
    assert metrics["asr2clip_http_connections"] >= 1
    assert abs(time.time() - metrics["asr2clip_process_start_time_seconds"]) < 3600
    [[version]] = [family.samples for family in metrics.families if family.name == "asr2clip_build_info"]
    assert version.value == 1 and version.labels["version"][0].isdigit()


def test_a_hanging_engine_does_not_delay_metrics():
    pid = engine()
    os.kill(pid, signal.SIGSTOP)
    try:
        # The signal takes a moment to reach all threads.
        eventually(lambda: ("asr2clip_decode_lanes", WHISPER) in Metrics(), False)
        assert ("asr2clip_queue_jobs", WHISPER) in Metrics()
    finally:
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: Metrics()["asr2clip_decode_lanes", WHISPER], 1)
