"""An archive on a Ray cluster: machines with a server and Ray each, of which one is killed and one unplugged.

The job is deploy/ray/transcribe.py as it is. Its driver and Ray's head are on a machine of their own, without a server.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time

from harness.paths import DEPS, FIXTURES, ROOT
from harness.processes import children
from harness.registry import registry

from clustering.known_archive import MODEL, Archive

RAY = DEPS / "ray/bin"
JOB = ROOT / "deploy/ray/transcribe.py"
PORT, RAY_PORT = 8000, 6399
#: How many recordings a node takes at once.
SLOTS = 2
#: When Ray gives up a node that is silent, in milliseconds and checks. With its own settings this takes minutes: see
#: docs/archives.md.
SETTINGS = {
    "health_check_initial_delay_ms": 1000, "health_check_period_ms": 1000, "health_check_timeout_ms": 1000,
    "health_check_failure_threshold": 10,
    "grpc_client_keepalive_time_ms": 10_000, "grpc_client_keepalive_timeout_ms": 10_000,
}
#: How long anything may take before it counts as never, in seconds.
PATIENCE = 240
#: How long an engine may stand still, in seconds: after 30, its server would think that it hangs, and end it.
LONGEST = 15


class Failure(Exception):
    """The test itself cannot go on; the message has the log that says why."""


class Node:
    """A machine with a server and Ray."""

    def __init__(self, machine, server, folder, head):
        self.machine, self.server, self.folder, self.head = machine, server, folder / machine.name, head
        (self.folder / "tmp").mkdir(parents=True)
        self.config = self.folder / "models.yaml"
        self.config.write_text(registry(MODEL))
        self.serving = None
        #: Since when its engine stands still.
        self.frozen_since = None

    def serve(self):
        """Starts the server, and waits until it is ready."""
        command = [self.server, "--port", PORT, "--config", self.config]
        command += ["--model-dir", DEPS / "models", "--num-threads", 1]
        environment = {**os.environ, "TMPDIR": str(self.folder / "tmp"), "HOME": str(self.folder)}
        with (self.folder / "server.log").open("a") as log:
            self.serving = self.machine.popen(command, stdout=log, stderr=log, env=environment)
        check = ["curl", "--silent", "--fail", "--output", "/dev/null", f"http://127.0.0.1:{PORT}/health/ready"]
        wait_until(
            lambda: subprocess.run(self.machine.inside(check)).returncode == 0,
            f"the server on {self.machine.name} is not ready", self.folder / "server.log")

    def join(self):
        """Starts Ray, in a mount namespace with a session folder of its own, as on another machine."""
        ray = start(self.machine, "--address", f"{self.head.address}:{RAY_PORT}", "--num-cpus", SLOTS)
        session = self.folder.parent / "ray"
        own = f"mount -t tmpfs tmpfs {session} && exec {' '.join(map(str, ray))}"
        with (self.folder / "ray.log").open("w") as log:
            process = self.machine.popen(
                ["unshare", "--mount", "sh", "-c", own], stdout=log, stderr=log, env=environment_of_ray())
        if status_of(process, f"Ray does not start on {self.machine.name}", self.folder / "ray.log"):
            raise Failure(f"Ray does not start on {self.machine.name}: {end_of(self.folder / 'ray.log')}")

    def answered(self):
        """How many recordings its server has transcribed."""
        text = self.machine.run("curl", "--silent", "--fail", f"http://127.0.0.1:{PORT}/metrics")
        pattern = r'^asr2clip_http_requests_total{(?=.*"/v1/audio/transcriptions")(?=.*"200").*} (.+)$'
        counts = re.findall(pattern, text, re.MULTILINE)
        return sum(map(float, counts))

    def kill(self):
        """Ends the server and all of Ray, without a word to anybody."""
        self.machine.end()

    def unplug(self):
        self.machine.unplug()

    def freeze(self):
        """Stops its engine, so that what its server has stays in hand."""
        self.frozen_since = self.frozen_since or time.monotonic()
        signal_all(self._engines(), signal.SIGSTOP)

    def thaw(self):
        self.frozen_since = None
        signal_all(self._engines(), signal.SIGCONT)

    def _engines(self):
        return children(self.serving.pid) if self.serving.poll() is None else []

    def restart_server(self):
        engines = self._engines()
        self.serving.kill()
        self.serving.wait()
        # One that stands still would not notice.
        signal_all(engines, signal.SIGCONT)
        self.frozen_since = None
        self.serve()


class Job:
    """deploy/ray/transcribe.py on the head."""

    def __init__(self, head, archive, folder, name="job"):
        self.log, self.report = folder / f"{name}.log", folder / f"{name}.json"
        command = [RAY / "python", JOB, archive.folder, "--address", f"{head.address}:{RAY_PORT}"]
        command += ["--url", f"http://127.0.0.1:{PORT}/v1", "--model", MODEL.name, "--report", self.report]
        with self.log.open("w") as log:
            self.process = head.popen(command, stdout=log, stderr=log, env=environment_of_ray())

    def wait(self):
        """Waits for its end. Returns its exit status, and its report."""
        status = status_of(self.process, "The job does not end", self.log)
        if not self.report.exists():
            raise Failure(f"The job ended with status {status}: {end_of(self.log)}")
        return status, json.loads(self.report.read_text())


def environment_of_ray():
    settings = {f"RAY_{name}": str(value) for name, value in SETTINGS.items()}
    # Without these, a token in the user's home folder (~/.ray) would shut out the nodes.
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "of-the-archive-in-namespaces"}
    return {**os.environ, **settings, **token, "RAY_DISABLE_IMPORT_WARNING": "1"}


def signal_all(processes, number):
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def start(machine, *options):
    """The command that starts Ray on a machine. It does not ask who is elsewhere on the network, nor tell anybody."""
    return [RAY / "ray", "start", "--node-ip-address", machine.address, "--disable-usage-stats",
            "--object-store-memory", 100 << 20, *options]


def wait_until(holds, failure, log, pause=0.1):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise Failure(f"{failure}: {end_of(log)}")
        time.sleep(pause)


def status_of(process, failure, log):
    """Waits for the end of a process. Returns its exit status."""
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{failure}: {end_of(log)}") from error


def end_of(log):
    return log.read_text(errors="replace")[-2000:] if log.exists() else "no log"


def start_head(head, folder):
    session = folder / "ray"
    session.mkdir()
    log = folder / "head.log"
    command = start(head, "--head", "--port", RAY_PORT, "--num-cpus", 0, "--include-dashboard=false")
    command += ["--temp-dir", session]
    with log.open("w") as file:
        process = head.popen(command, stdout=file, stderr=file, env=environment_of_ray())
    if status_of(process, "Ray does not start", log):
        raise Failure(f"Ray does not start: {end_of(log)}")


def run(network, server, folder, count=200, seed=1, say=print):
    """Transcribes an archive while one server is restarted, one node killed and one unplugged.

    Returns the rows of a table (node, what happened to it, recordings, recordings a minute before that), and what went
    wrong. Every process that it started is killed at the end.
    """
    if not (RAY / "ray").exists():
        raise Failure("Ray is missing. Run: scripts/setup --ray")
    head = network.machine("ray-head")
    machines = [network.machine(f"ray-{index}") for index in (1, 2, 3)]
    try:
        return _run(head, machines, server, folder, count, seed, say)
    finally:
        for machine in (head, *machines):
            machine.end()


def _run(head, machines, server, folder, count, seed, say):
    archive = Archive(folder / "archive", count, seed)
    began = time.monotonic()
    nodes = [Node(machine, server, folder, head) for machine in machines]
    start_head(head, folder)
    for node in nodes:
        # One after the other: when several join at once, some of Ray's time out.
        node.serve()
        node.join()
    say(f"Ray and servers on {len(nodes)} machines after {time.monotonic() - began:.0f} s")
    job = Job(head, archive, folder)

    def wait_for(part):
        """Lets the nodes work until so much is done; then they stand still."""
        if len(archive.results()) < part * count:
            for node in nodes:
                node.thaw()
            wait_until(lambda: len(archive.results()) >= part * count or job.process.poll() is not None,
                       f"there are not {part * count:.0f} results", job.log, pause=0.02)
        for node in nodes:
            node.freeze()
        return len(archive.results())

    all_answer(nodes, job)
    earlier, began = [node.answered() for node in nodes], time.monotonic()
    wait_for(0.4)
    minutes = (time.monotonic() - began) / 60
    calm = [(node.answered() - before) / minutes for node, before in zip(nodes, earlier)]
    restarted, killed, unplugged = nodes
    steps = [(0.4, "the server of ray-1 is killed and started again", restarted.restart_server),
             (0.5, "ray-2 is killed, the server and all of Ray", killed.kill),
             (0.65, "ray-3 is unplugged", unplugged.unplug)]
    for part, event, do in steps:
        say(f"{wait_for(part)} of {count} results: {event}")
        do()
    for node in nodes:
        node.thaw()
    status, report = job.wait()
    say(job.log.read_text())
    wrong = archive.judge()
    if status != 0:
        wrong.append(f"the job ended with status {status}")
    done = report["nodes"]
    if sum(done.values()) != count:
        wrong.append(f"{sum(done.values())} recordings were transcribed instead of {count}")
    rows = []
    for node, event, rate in zip(nodes, ["its server restarted", "killed", "unplugged"], calm):
        rows.append((node.machine.name, event, done.get(node.machine.address, 0), rate))
        if not rows[-1][2]:
            wrong.append(f"{node.machine.name} transcribed nothing")
    return rows, wrong + _again(head, archive, folder)


def all_answer(nodes, job):
    """Waits until each node has answered. Those that have stand still meanwhile: Ray's workers may start seconds later on
    another node, and it would find little left to do.
    """

    def have_answered():
        for node in nodes:
            if node.frozen_since is None:
                if node.answered():
                    node.freeze()
            elif time.monotonic() - node.frozen_since > LONGEST:
                node.thaw()
        return all(node.frozen_since for node in nodes) or job.process.poll() is not None

    wait_until(have_answered, "a node answers nothing", job.log, pause=0.02)


def _again(head, archive, folder):
    """Runs the job again, with a recording that cannot be decoded beside those that are done. Returns what was wrong."""
    shutil.copyfile(FIXTURES / "audio/bad_text.wav", archive.folder / "bad.wav")
    status, report = Job(head, archive, folder, "again").wait()
    found = [status, report["done"], report["skipped"], report["failed"]]
    expected = [5, 0, len(archive.texts), 1]
    return [] if found == expected else [f"status, done, skipped, failed of a second job are {found}, not {expected}"]
