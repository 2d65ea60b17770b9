#!/usr/bin/env python3
"""Transcribes an archive with deploy/slurm/archive.sbatch on Slurm; one job is killed and one requeued in the middle.

    Benchmarks/slurm.py

munged, slurmctld and slurmd run on one node, in namespaces of their own (Linux). Their configuration, key, state and logs are in
a folder in memory: the machine's own Slurm, if it has one, is neither used nor changed. An array of four jobs, two at a time,
asks one server. It is submitted again, with a recording that cannot be decoded in one job's share. Prints a table of the jobs.
Fails unless each recording has exactly one result, with the right text; the second array transcribes what the first did not, and
nothing else; and the jobs that should fail do, and no others. Seconds are not judged.

Needs root and Slurm, which `make setup` does not install:

    apt-get install --no-install-recommends slurm-wlm
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from clustering import namespaces
from clustering.known_archive import MODEL, Archive
from clustering.ray_archive import PORT, Failure, Node, end_of, wait_until
from harness.paths import FIXTURES, ROOT, SERVER
from harness.processes import children

SCRIPT = ROOT / "deploy/slurm/archive.sbatch"
PROGRAMS = ["munged", "mungekey", "slurmctld", "slurmd", "sbatch", "scontrol", "sinfo"]
#: The jobs of an array, and the recordings that each has in hand at once: its `--cpus-per-task`.
JOBS, IN_HAND = 4, 4
#: The jobs of the first array that have an accident, which begin at once; the job of the second with the broken recording.
REQUEUED, KILLED, BROKEN = 0, 1, 2


@dataclass
class Ended:
    """What Slurm says of a job that has ended."""

    #: "COMPLETED 0:0": the state, the exit status, and the signal that ended it.
    state: str
    restarts: int
    log: str

    def counts(self):
        """How many recordings are done, skipped and failed, by the last summary in its log."""
        found = re.findall(r"(\d+) done, (\d+) skipped, (\d+) failed", self.log)
        return [int(count) for count in found[-1]] if found else None


class Slurm:
    """Slurm on one node, which has room for two jobs."""

    def __init__(self, machine, folder, programs):
        self.machine, self.folder = machine, folder
        for name in ("state", "spool", "home"):
            (folder / name).mkdir(parents=True)
        self.environment = {"SLURM_CONF": str(folder / "slurm.conf"), "HOME": str(folder / "home"),
                            "PATH": f"{programs}:{os.environ['PATH']}"}

    def start(self):
        (self.folder / "slurm.conf").write_text(self._configuration())
        self._run("mungekey", "--create", "--keyfile", self.folder / "munge.key")
        files = [f"--{name}-file={self.folder}/munge.{name}" for name in ("key", "seed", "pid", "log")]
        self._daemon("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket", *files)
        wait_until((self.folder / "munge.socket").exists, "munged does not start", self.folder / "munged.out")
        self._daemon("slurmctld", "-D")
        self._daemon("slurmd", "-D")
        wait_until(lambda: self._try("sinfo", "-ho", "%T").stdout == "idle\n", "The node is not idle", self.folder / "slurmd.out")

    def _configuration(self):
        # A job that is requeued begins again when its credential has expired: by default, after two minutes.
        name, folder = os.uname().nodename.split(".")[0], self.folder
        return "\n".join([
            "ClusterName=asr2clip", f"SlurmctldHost={name}(127.0.0.1)", "SlurmUser=root",
            f"AuthInfo=socket={folder}/munge.socket,cred_expire=5",
            f"StateSaveLocation={folder}/state", f"SlurmdSpoolDir={folder}/spool",
            f"SlurmctldPidFile={folder}/slurmctld.pid", f"SlurmctldLogFile={folder}/slurmctld.log",
            f"SlurmdPidFile={folder}/slurmd.pid", f"SlurmdLogFile={folder}/slurmd.log",
            "ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "MpiDefault=none",
            "SelectType=select/cons_tres", "SelectTypeParameters=CR_CPU", "SlurmdParameters=config_overrides",
            f"NodeName={name} NodeAddr=127.0.0.1 CPUs={2 * IN_HAND} RealMemory=16000",
            f"PartitionName=all Nodes={name} Default=YES\n"])

    def _daemon(self, *command):
        with (self.folder / f"{command[0]}.out").open("w") as log:
            self.machine.popen(command, stdout=log, stderr=log, env=self.environment)

    def _try(self, *command):
        command = self.machine.inside(command)
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, cwd=self.folder)

    def _run(self, *command):
        if (ended := self._try(*command)).returncode:
            raise Failure(f"{command[0]}: {ended.stderr}{end_of(self.folder / 'slurmctld.log')}")
        return ended.stdout

    def submit(self, *arguments):
        """Submits an array, two of whose jobs run at a time. Returns its number."""
        return self._run("sbatch", "--parsable", f"--array=0-{JOBS - 1}%2", SCRIPT, *arguments).strip()

    def _jobs(self, array):
        lines = self._run("scontrol", "--oneliner", "show", "job", array).splitlines()
        jobs = [dict(re.findall(r"(\w+)=(\S*)", line)) for line in lines]
        return {int(job["ArrayTaskId"]): job for job in jobs if job["ArrayTaskId"].isdigit()}

    def wait(self, array):
        """Waits for the end of an array. Returns its jobs in order."""
        def ended():
            states = [job["JobState"] for job in self._jobs(array).values()]
            return len(states) == JOBS and not {*states} & {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED"}
        wait_until(ended, "The array does not end", self.folder / "slurmctld.log")
        logs = [(self.folder / f"asr2clip-{array}_{job}.log").read_text() for job in range(JOBS)]
        jobs = [job for _, job in sorted(self._jobs(array).items())]
        return [Ended(f"{job['JobState']} {job['ExitCode']}", int(job["Restarts"]), log) for job, log in zip(jobs, logs)]

    def kill(self, array, job):
        """Ends the processes of a job with kill -9: its script and the tool."""
        for line in self._run("scontrol", "listpids", self._jobs(array)[job]["JobId"]).splitlines()[1:]:
            os.kill(int(line.split()[0]), signal.SIGKILL)

    def requeue(self, array, job):
        """Has a job begin again, as Slurm does if its node dies."""
        self._run("scontrol", "requeue", f"{array}_{job}")


def run(machine, server, folder, count, seed):
    """Returns the rows of a table of the jobs, and what is wrong."""
    archive, node = Archive(folder / "archive", count, seed), Node(machine, server, folder, head=None)
    slurm = Slurm(machine, folder / "slurm", server.parent)
    folders, listed = sorted(archive.folder.iterdir()), folder / "folders.txt"
    listed.write_text("".join(f"{path}\n" for path in folders))
    shares = [[path for line, path in enumerate(folders, 1) if line % JOBS == job] for job in range(JOBS)]
    sizes = [sum(path.parent in share for path in archive.texts) for share in shares]
    arguments = [listed, "--url", f"http://127.0.0.1:{PORT}/v1", "--model", MODEL.name]

    def done():
        results = archive.results()
        return [sum(path.parent in share for path in results) for share in shares]

    node.serve()
    slurm.start()
    array = slurm.submit(*arguments)
    wait_until(lambda: min(done()[:2]) >= count // 20, "The jobs write no results", slurm.folder / "slurmd.log")
    # The engine stops meanwhile, so both have recordings in hand.
    [engine] = children(node.serving.pid)
    os.kill(engine, signal.SIGSTOP)
    slurm.kill(array, KILLED)
    slurm.requeue(array, REQUEUED)
    os.kill(engine, signal.SIGCONT)
    first, kept = slurm.wait(array), done()
    shutil.copyfile(FIXTURES / "audio/bad_text.wav", shares[BROKEN][0] / "bad.wav")
    second = slurm.wait(slurm.submit(*arguments))

    rows, wrong = [], archive.judge()
    for job, (one, other) in enumerate(zip(first, second)):
        event = {KILLED: "killed with -9", REQUEUED: "requeued", BROKEN: "a broken recording, later"}.get(job, "")
        states = [one.state, other.state]
        rows.append((job, event, sizes[job], states[0], kept[job], states[1], *(other.counts() or "???")))
        expected = ["FAILED 0:9" if job == KILLED else "COMPLETED 0:0", "FAILED 123:0" if job == BROKEN else "COMPLETED 0:0",
                    int(job == REQUEUED), job != KILLED, [sizes[job] - kept[job], kept[job], int(job == BROKEN)], job == BROKEN]
        found = [*states, one.restarts, kept[job] == sizes[job], other.counts(), "bad.wav" in other.log]
        if found != expected:
            wrong.append(f"job {job} (states, restarts, complete, counts, names the broken one): {found}, not {expected}\n"
                         f"{one.log[-1000:]}\n{other.log[-1000:]}")
    if (answered := node.answered()) > count + IN_HAND:
        wrong.append(f"{answered:.0f} recordings were transcribed; only {IN_HAND} were in hand when a job was killed")
    return rows, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER, help="asr2clip-serve, with asr2clip beside it")
    parser.add_argument("--count", type=int, default=400, help="recordings")
    parser.add_argument("--seed", type=int, default=1, help="which recordings")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("Slurm's daemons drop their groups, which is forbidden in a user namespace. Run this as root.")
    namespaces.enter(options.server)
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        sys.exit(f"{', '.join(missing)} missing. Install Slurm: apt-get install --no-install-recommends slurm-wlm")
    machine = namespaces.Network().machine("node")
    try:
        rows, wrong = run(machine, options.server.absolute(), namespaces.SCRATCH, options.count, options.seed)
    except Failure as failure:
        sys.exit(str(failure))
    heads = ["job", "what happened", "recordings", "first array", "results", "second array", "done", "skipped", "failed"]
    for row in [heads, ["---"] * len(heads), *rows]:
        print("|", " | ".join(map(str, row)), "|")
    print("\n".join(wrong) if wrong else f"All {options.count} recordings have their text once.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
