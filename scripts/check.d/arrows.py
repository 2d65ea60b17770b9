#!/usr/bin/env python3
"""Fails if a module imports what it must not: a module of a room that its own room must not know, or one that Package.swift does
not name as its dependency. The folders of Sources are the rooms, and the folders in them the modules."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "Sources"

# The rooms of the house, each with the rooms whose modules it may import besides its own.
ROOMS = {
    "Shared": [],
    "Engine": ["Shared"],
    "Server": ["Shared"],
    "Tool": ["Shared", "Server"],
}
IMPORT = re.compile(r"^\s*(?:@\w+(?:\(\w+\))? )?(?:public |package |internal )?import (?:\w+ )?(\w+)", re.MULTILINE)
TARGET = re.compile(
    r"\.(?:target|executableTarget)\(\s*name: \"([\w-]+)\"(?:,\s*dependencies: \[(.*?)\](?=[,)]))?", re.DOTALL
)


def main():
    modules = {folder.name: folder for room in ROOMS for folder in (SOURCES / room).iterdir() if folder.is_dir()}
    declared = {
        name: set(re.findall(r'"([\w-]+)"', dependencies or ""))
        for name, dependencies in TARGET.findall((ROOT / "Package.swift").read_text())
    }
    mistakes = [f"{path.relative_to(ROOT)} is no room" for path in SOURCES.iterdir() if path.name not in ROOMS]
    for module, folder in sorted(modules.items()):
        room = folder.parent.name
        for file in sorted(folder.rglob("*.swift")):
            for other in sorted(set(IMPORT.findall(file.read_text())) & modules.keys()):
                where = f"{file.relative_to(ROOT)} imports {other}"
                if modules[other].parent.name not in [room, *ROOMS[room]]:
                    mistakes.append(f"{where}: {room} must not know {modules[other].parent.name}.")
                elif other not in declared.get(module, set()):
                    mistakes.append(f"{where}, which is no dependency of {module} in Package.swift.")
    if mistakes:
        sys.exit("\n".join(mistakes))


main()
