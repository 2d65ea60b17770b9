"""A Debian 13 in a folder, and the pinned Python packages of each client in it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

SUITE, PYTHON = "trixie", "3.13"
#: How a list of packages names what it was resolved from, and what replaces a dependency of that.
SOURCE, OVERRIDE = "# of: ", "# override: "


def install(root):
    """Installs Debian with Python, unless the folder has it."""
    if (root / "installed").exists():
        return
    print(f"Installing Debian {SUITE} into {root}", flush=True)
    with (root.parent / f"{root.name}.log").open("w+") as log:
        command = ["debootstrap", "--variant=minbase", "--include=ca-certificates,python3", SUITE, root, mirror()]
        if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT).returncode != 0:
            log.seek(0)
            sys.exit(f"debootstrap failed:\n{log.read()[-2000:]}")
    Path(log.name).unlink()
    (root / "installed").touch()


def mirror():
    """The mirror of Debian from which apt gets this machine's packages."""
    question = ["apt-get", "indextargets", "--format", "$(CODENAME) $(ORIGIN) $(REPO_URI)", "Created-By: Packages"]
    answer = subprocess.run(question, capture_output=True, text=True, check=True).stdout
    for line in answer.splitlines():
        codename, origin, address = line.split()
        if origin == "Debian" and "-" not in codename:
            return address
    sys.exit("apt knows no mirror of Debian. Run this on Debian, after: apt-get update")


def folder(client):
    """Where a client's packages are, within the root."""
    return Path("packages") / client


def install_packages(root, client, pins):
    """Installs exactly the packages of a list, unless they are there. pip refuses a file with another hash."""
    target = root / folder(client)
    stamp = target / "installed"
    if stamp.exists() and stamp.read_text() == pins.read_text():
        return
    print(f"Installing the packages of {client}", flush=True)
    subprocess.run(["rm", "-rf", target], check=True)
    pip("--require-hashes", "--no-compile", "--target", target, "--requirement", pins)
    stamp.write_text(pins.read_text())


def pin(pins):
    """Writes a list anew: the newest versions that fit the packages and overrides that its comments name."""
    comments = [line for line in pins.read_text().splitlines() if line.startswith("#")]
    with tempfile.TemporaryDirectory() as name:
        wanted, overrides, versions, report = (Path(name) / file for file in ["wanted", "overrides", "versions", "report"])
        for file, mark in (wanted, SOURCE), (overrides, OVERRIDE):
            file.write_text("".join(f"{line.removeprefix(mark)}\n" for line in comments if line.startswith(mark)))
        command = ["uv", "pip", "compile", wanted, "--overrides", overrides, "--only-binary=:all:", "--quiet"]
        command += ["--python-version", PYTHON, "--python-platform", "x86_64-manylinux_2_28", "--output-file", versions]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"uv finds no versions for {pins}: see its message above.")
        pip("--dry-run", "--ignore-installed", "--target", name, "--report", report, "--requirement", versions)
        chosen = sorted(
            (package["metadata"]["name"].lower(), package["metadata"]["version"],
             package["download_info"]["archive_info"]["hashes"]["sha256"])
            for package in json.loads(report.read_text())["install"]
        )
    lines = [f"{package}=={version} --hash=sha256:{sha256}" for package, version, sha256 in chosen]
    pins.write_text("\n".join(comments + lines) + "\n")


def pip(*arguments):
    """Runs this machine's pip for the Python of the root. uv has checked what the packages need of Python."""
    quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
    target = ["--python-version", PYTHON, "--only-binary=:all:", "--no-deps", "--ignore-requires-python"]
    command = [sys.executable, "-m", "pip", "install", *quiet, *target, *arguments]
    if subprocess.run(command).returncode != 0:
        sys.exit("pip failed: see its message above.")
