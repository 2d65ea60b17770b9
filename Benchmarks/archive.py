#!/usr/bin/env python3
"""Transcribes an archive on a Ray cluster of three machines, one of which is killed and one unplugged in the middle.

    Benchmarks/archive.py --count 60

The machines are network namespaces on this one (Linux). Prints a table of recordings a minute by node. Fails unless
each recording has exactly one result, with the right text.
"""

import argparse
import sys
from pathlib import Path

from clustering import namespaces, ray_archive
from harness.paths import SERVER


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER)
    parser.add_argument("--count", type=int, default=200, help="recordings")
    parser.add_argument("--seed", type=int, default=1, help="which recordings")
    options = parser.parse_args()
    namespaces.enter(options.server)
    try:
        rows, wrong = ray_archive.run(
            namespaces.Network(), options.server.absolute(), namespaces.SCRATCH, options.count, options.seed)
    except ray_archive.Failure as failure:
        sys.exit(str(failure))
    print("| node | what happened to it | recordings | a minute, before |\n| --- | --- | --- | --- |")
    for name, event, done, rate in rows:
        print(f"| {name} | {event} | {done} | {rate:.0f} |")
    print("\n".join(wrong) if wrong else f"All {options.count} recordings have their text once.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
