#!/usr/bin/env python3
"""Fails if a module imports what it must not: one of another room, one that Package.swift does not name as its dependency, or C
outside the wrappers."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "Sources"

# The rooms of the house, each with the rooms whose modules it may import besides its own.
ROOMS = {
    "shared": (
        [],
        ["Essentials", "Basics", "SpeechTypes", "SpeechDetection", "ModelFamilies", "BlockingWork", "EventLoops",
         "EngineLink", "EngineHost", "CProcess", "CZlib"],
    ),
    "engine": (
        ["shared"],
        ["CSherpaOnnx", "CFFmpeg", "CPortAudio", "CArchive", "CSeccomp", "CSines", "SherpaOnnx", "AudioInput",
         "SpeechRecognition", "Transcription", "Sandbox", "asr2clip-engine"],
    ),
    "server": (
        ["shared"],
        ["CYAML", "YAMLFields", "PrometheusMetrics", "TranscriptFormats", "ModelStore", "Engine", "APIServer"],
    ),
    "tool": (
        ["shared", "server"],
        ["Dictation", "CommandLineTool", "asr2clip"],
    ),
}  # fmt: skip
IMPORT = re.compile(r"^\s*(?:@\w+(?:\(\w+\))? )?(?:public |package |internal )?import (?:\w+ )?(\w+)", re.MULTILINE)
TARGET = re.compile(
    r"\.(?:target|executableTarget)\(\s*name: \"([\w-]+)\"(?:,\s*dependencies: \[(.*?)\](?=[,)]))?", re.DOTALL
)


def main():
    room_of = {module: room for room, (_, modules) in ROOMS.items() for module in modules}
    declared = {
        name: set(re.findall(r'"([\w-]+)"', dependencies or ""))
        for name, dependencies in TARGET.findall((ROOT / "Package.swift").read_text())
    }
    mistakes = []
    for folder in sorted(path.name for path in SOURCES.iterdir() if path.is_dir()):
        if folder not in room_of:
            mistakes.append(f"Sources/{folder} is in no room: name it in {Path(__file__).name}.")
            continue
        room = room_of[folder]
        allowed = {room, *ROOMS[room][0]}
        for file in sorted((SOURCES / folder).rglob("*.swift")):
            for module in sorted(set(IMPORT.findall(file.read_text())) & room_of.keys()):
                where = f"{file.relative_to(ROOT)} imports {module}"
                if room_of[module] not in allowed:
                    mistakes.append(f"{where}: {room} must not know {room_of[module]}.")
                elif module not in declared.get(folder, set()):
                    mistakes.append(f"{where}, which is no dependency of {folder} in Package.swift.")
    if mistakes:
        sys.exit("\n".join(mistakes))


main()
