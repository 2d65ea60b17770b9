"""Runs a container of a manifest on this machine, with no more rights than its securityContext gives it: a read-only
root, a user without a name and without capabilities, and the volumes where the manifest mounts them.

Not as in a cluster: there is no image (the root has this machine's programs and libraries), no network of its own, no
limit of resources, and no seccomp profile."""

import re
import shutil
import subprocess
from pathlib import Path

from conftest import PROGRAMS, REPOSITORY

# What stands for an image: shown at the same place, read-only.
IMAGE = ["/usr", "/lib", "/lib64", "/bin", "/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl"]
# Where the repository with the programs is shown. A link leads here from its own place, which may be below a volume, such as /tmp.
SHOWN = "/repository"
# Users other than root often lack the folder of pivot_root.
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# $1 is the new root, an empty folder. Then come three words for each mount or link (ro, rw or link, from, to), "--", and the
# command.
SCRIPT = """
root=$1; shift
mount -t tmpfs -o mode=755 tmpfs "$root"
while [ "$1" != -- ]; do
    mode=$1 from=$2 to=$root$3; shift 3
    if [ "$mode" = link ]; then mkdir -p "$(dirname "$to")" && ln -sfn "$from" "$to" && continue; fi
    if [ -d "$from" ]; then mkdir -p "$to"; else mkdir -p "$(dirname "$to")" && touch "$to"; fi
    mount --rbind "$from" "$to"
    [ "$mode" = rw ] || mount -o "remount,bind,ro$(locked "$to")" "$to"
done
shift
mount -o remount,bind,ro "$root"
cd "$root" && pivot_root . . && umount -l . && cd /
exec unshare --user --map-user="$USER_ID" --map-group="$GROUP_ID" \\
    setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all -- "$@"
"""
# Options that a mount of another namespace keeps: a mount that would lose one is refused (mount_namespaces(7)).
LOCKED = r"""
locked() {
    findmnt -n -o OPTIONS --target "$1" | tr , '\n' | grep -xE 'nosuid|nodev|noexec|noatime|nodiratime|relatime' |
        sed 's/^/,/' | tr -d '\n'
}
set -eu
"""


class Volumes:
    """The volumes of a pod, as folders; those that the kubelet would fill are filled by the test."""

    def __init__(self, pod, folder):
        check()
        self.folders = {}
        for volume in pod["volumes"]:
            path = folder / volume["name"]
            path.mkdir()
            # With fsGroup, new files get the group of the folder.
            path.chmod(0o2777)
            self.folders[volume["name"]] = path

    def write(self, volume, name, content):
        """Writes a file as the kubelet does: behind two links, so that it can change all files at once."""
        folder = self.folders[volume] / "..1"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(content)
        (folder / name).chmod(0o440)
        for link, target in ("..data", "..1"), (name, f"..data/{name}"):
            if not (self.folders[volume] / link).is_symlink():
                (self.folders[volume] / link).symlink_to(target)


def command(pod, container, volumes, root, environment=None):
    """The command that runs the container; the programs of this build are those of its image."""
    security = pod["securityContext"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    mounts = [["ro", path, path] for path in IMAGE + libraries() if Path(path).exists()] + [
        ["rw", path, path] for path in ("/proc", "/dev")
    ]
    for mount in container["volumeMounts"]:
        mode = "ro" if mount.get("readOnly") else "rw"
        mounts.append([mode, str(volumes.folders[mount["name"]]), mount["mountPath"]])
    mounts += [["ro", str(REPOSITORY), SHOWN], ["link", SHOWN, str(REPOSITORY)]]
    variables = {entry["name"]: entry.get("value", "") for entry in container.get("env", [])} | (environment or {})
    program = ["env", "-i", "--chdir", container.get("workingDir", "/"), f"PATH={PROGRAMS}:/usr/bin:/bin"]
    program += [f"{name}={value}" for name, value in variables.items()]
    root.mkdir(exist_ok=True)
    return [
        "env", f"PATH={PATH}", f"USER_ID={security['runAsUser']}", f"GROUP_ID={security['runAsGroup']}",
        "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", LOCKED + SCRIPT, "sh", str(root),
        *(word for mount in mounts for word in mount), "--", *program, *container["command"], *container["args"],
    ]  # fmt: skip


def libraries():
    """The folders of the libraries of the programs, where they are not part of a system: Swift's."""
    found = set()
    for program in "asr2clip", "asr2clip-engine":
        listed = subprocess.run(["ldd", PROGRAMS / program], check=True, capture_output=True, text=True).stdout
        found |= {str(Path(path).parent) for path in re.findall(r"=> (/\S+)", listed)}
    return sorted(folder for folder in found if not folder.startswith(("/usr/", "/lib", str(REPOSITORY))))


def check():
    """Fails, and says why, if containers cannot be run here."""
    for program in "unshare", "setpriv", "findmnt", "pivot_root":
        assert shutil.which(program, path=PATH), f"{program} is missing: install util-linux"
    tried = ["unshare", "--user", "--map-root-user", "--mount", "unshare", "--user", "--map-user=10001", "true"]
    done = subprocess.run(tried, capture_output=True, text=True)
    assert done.returncode == 0, f"The kernel refuses user namespaces: {done.stderr}"


def rights(process_id):
    """The capabilities of a process, those that it could get, and 1 if no program can give it more."""
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{process_id}/status").read_text().splitlines() if ":\t" in line
    )
    return status["CapEff"].strip(), status["CapPrm"].strip(), status["NoNewPrivs"].strip()
