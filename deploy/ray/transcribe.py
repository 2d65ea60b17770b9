#!/usr/bin/env python3
"""Transcribes an archive on the nodes of a Ray cluster, each of which has an asr2clip server.

    deploy/ray/transcribe.py /archive
    deploy/ray/transcribe.py --list addresses.txt --output-dir /texts --url http://balancer:8000/v1

Each recording becomes a task of Ray's, which hands it to the server. The text comes back here and is written by this
process alone, so a task that Ray runs twice does no harm. A recording with a result of the same source and options is
skipped, so after an interruption the same command goes on. docs/archives.md says how to start Ray and the servers.

Exit status as of `asr2clip transcribe -r`: 0 if every recording has its result, 5 if some failed, 1 if the run could
not go on, 130 after Ctrl-C. 2 if the command line is wrong.
"""

import argparse
import dataclasses
import errno
import os
import resource
import sys
from pathlib import Path

try:
    import ray
except ImportError:
    sys.exit("Ray is missing. Run: pip install --require-hashes --requirement deploy/ray/requirements.txt")

import archive
from archive.asking import Question, ask
from archive.first import FirstAnswer
from archive.journal import Busy, Refused
from archive.report import Report, say, shown
from archive.results import Results
from archive.sources import Unlisted, is_address, recordings
from archive.tries import Away

FORMATS = ["text", "json", "verbose_json", "srt", "vtt"]


class Stop(Exception):
    """The run cannot go on."""


def main():
    options = arguments()
    # Else every node would need these files in the same place.
    ray.cloudpickle.register_pickle_by_value(archive)
    for name in "asking", "opening", "tries":
        ray.cloudpickle.register_pickle_by_value(sys.modules[f"archive.{name}"])
    # Each folder with recordings in hand has an open journal.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    ray.init(address=options.address, log_to_driver=True, logging_level="warning")
    report = Report()
    try:
        run(options, report)
        status = 5 if report.failed else 0
    except Stop as error:
        say(f"\n{error}")
        status = 1
    except KeyboardInterrupt:
        say("\nInterrupted; the same command goes on from here.")
        status = 130
    report.end()
    if options.report:
        report.write(options.report)
    return status


def run(options, report):
    fields = {"model": options.model, "language": options.language, "prompt": options.prompt,
              "response_format": options.format}
    question = Question(options.url, fields, os.environ.get("OPENAI_API_KEY"), options.patience)
    needs = {"num_cpus": 0, "resources": {options.resource: 1}} if options.resource else {"num_cpus": 1}
    # Ray repeats a task whose node died, and one whose server is away, as a rule on another node.
    task = ray.remote(transcribe).options(
        max_retries=options.retries, retry_exceptions=[Away], scheduling_strategy="SPREAD", **needs)
    known, unknown = ray.put(question), ray.put(dataclasses.replace(question, is_known=False))
    first = FirstAnswer()
    found = recordings(options.inputs, options.list)
    with Results(fields, options.output_dir, options.force) as results:
        hand = {}
        room, nodes = 0, 0
        is_over = False
        while not is_over or hand:
            if report.is_due or not room:
                room, nodes = slots(options)
                report.progress(len(hand), nodes)
            has_room = len(hand) + len(first.kept) < room
            recording = next(found, None) if not is_over and has_room else None
            if recording is not None:
                if begin(recording, results, report):
                    hand[task.remote(known if first.is_here else unknown, recording.source)] = recording
                continue
            is_over = is_over or has_room
            # At once all that are ready, and at least one, or nothing for a while.
            ready, _ = ray.wait(list(hand), num_returns=1, timeout=1) if hand else ([], [])
            if ready:
                ready, _ = ray.wait(list(hand), num_returns=len(hand), timeout=0)
            for reference in ready:
                finish(hand.pop(reference), reference, results, report, first)
            for recording in first.again():
                hand[task.remote(known, recording.source)] = recording
            if first.kept and not hand:
                raise Stop(f"{shown(first.reason)}\nNo server has answered.")


def transcribe(question, source):
    """The task."""
    return ask(question, source, ray.util.get_node_ip_address())


def begin(recording, results, report):
    """Whether a recording is to be transcribed; counts it if it is not."""
    if isinstance(recording, Unlisted):
        report.count_failed(recording.name, recording.reason)
        return False
    if is_address(recording.source) and results.folder is None:
        raise Stop("Results of addresses need an --output-dir.")
    try:
        is_begun = results.begin(recording)
    except (Busy, Refused, OSError, ValueError) as error:
        report.count_failed(recording.name, unwritten(error))
        return False
    report.skipped += not is_begun
    return is_begun


def finish(recording, reference, results, report, first):
    """Writes the result of a task that ended, or counts its failure, unless it is to be handed out again."""
    outcome, failure = None, None
    try:
        outcome = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        failure = f"{error.cause}"
        # It had patience, because a server had answered.
        first.is_here = first.is_here or isinstance(error.cause, Away)
    except ray.exceptions.RayError as error:
        # Its nodes died, more often than it may be repeated.
        failure = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
    if outcome is not None and first.takes(recording, outcome):
        return
    if outcome is not None and outcome.kind != "done":
        failure = outcome.content
        check(recording, outcome)
    try:
        results.finish(recording, outcome.content if failure is None else None)
    except (Refused, OSError, ValueError) as error:
        failure = unwritten(error)
    if failure is not None:
        report.count_failed(recording.name, failure)
    else:
        report.count_done(outcome.node)


def unwritten(error):
    """The reason why a result cannot be written. Ends the run if no other can be either."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise Stop(f"The disk of the results is full: {error}") from error
    return f"its result cannot be written: {error}" if isinstance(error, OSError) else str(error)


def check(recording, outcome):
    """Ends the run if the other recordings would fail in the same way."""
    if outcome.kind == "hopeless":
        raise Stop(f"{shown(recording.name)}: {shown(outcome.content)}\nThis would happen to every recording.")
    if outcome.kind == "unopened" and not is_address(recording.source) and os.access(recording.source, os.R_OK):
        raise Stop(
            f"Node {outcome.node} cannot open '{shown(recording.source)}' ({outcome.content}), and this one can. "
            "The folder must be in the same place on all nodes.")


def slots(options):
    """How many recordings may be in hand: twice as many as the nodes take at once. And the number of nodes that take some."""
    resource = options.resource or "CPU"
    has = ray.cluster_resources().get(resource, 0)
    nodes = sum(node["Alive"] and node["Resources"].get(resource, 0) > 0 for node in ray.nodes())
    return options.in_flight or max(1, int(2 * has)), nodes


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", metavar="INPUT", help="folders, files and http addresses")
    parser.add_argument("--list", action="append", default=[], metavar="FILE",
                        help="a file with a path or an address a line; - is standard input")
    parser.add_argument("--output-dir", type=Path, metavar="FOLDER",
                        help="where results go, under the recordings' relative paths (default: beside the recordings)")
    parser.add_argument("--url", default="http://127.0.0.1:8000/v1",
                        help="the server as the nodes see it: their own (default: %(default)s), or the balancer. "
                        "OPENAI_API_KEY is sent to it")
    parser.add_argument("--model", default="", help="else the server's default model")
    parser.add_argument("--language", default="", help="else the model detects it")
    parser.add_argument("--prompt", default="", help="words to expect")
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: %(default)s")
    parser.add_argument("--force", action="store_true", help="transcribe also what is done, except edited results")
    parser.add_argument("--address", default="auto", help="of the Ray cluster (default: that of this machine)")
    parser.add_argument("--in-flight", type=int, metavar="N",
                        help="recordings in hand at once (default: twice what the nodes take)")
    parser.add_argument("--resource", metavar="NAME",
                        help="the resource of Ray's of which a recording takes 1, instead of a CPU")
    parser.add_argument("--retries", type=int, default=5, metavar="N",
                        help="how often a recording is repeated whose node or server went away (default: %(default)s)")
    parser.add_argument("--patience", type=float, default=300, metavar="SECONDS",
                        help="how long a node waits for a server that is away (default: %(default)s)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where the numbers go at the end, as JSON")
    options = parser.parse_args()
    for name in options.list:
        if name != "-" and not os.access(name, os.R_OK):
            parser.error(f"the list '{name}' cannot be read")
    if not options.inputs and not options.list:
        parser.error("name a folder, a file, an address or a --list")
    if options.in_flight is not None and options.in_flight < 1:
        parser.error("--in-flight takes 1 or more")
    options.url = options.url.rstrip("/")
    return options


if __name__ == "__main__":
    sys.exit(main())
