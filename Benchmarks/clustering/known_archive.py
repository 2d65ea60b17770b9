"""An archive whose texts are known."""

import json
import random
import shutil

from harness.paths import FIXTURES
from harness.registry import MODELS

MODEL = MODELS["transducer"]


class Archive:
    """Recordings whose texts are known, under one folder with folders in it."""

    def __init__(self, folder, count, seed):
        self.folder = folder
        chance = random.Random(seed)
        known = {}
        for entry in json.loads((FIXTURES / "audio/manifest.json").read_text())["files"]:
            if text := entry.get("expected", {}).get(MODEL.name, {}).get("text"):
                known[FIXTURES / "audio" / entry["file"]] = text
        #: The text of each recording, by path.
        self.texts = {}
        for index in range(count):
            clip = chance.choice(sorted(known))
            path = folder / f"{index % 7}" / f"{index:04}{clip.suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(clip, path)
            self.texts[path] = known[clip]

    def results(self):
        return [path for path in self.folder.rglob("*.txt") if not path.name.startswith(".")]

    def judge(self):
        """What is wrong with the results: a list of sentences."""
        wrong = []
        for path, text in self.texts.items():
            result = path.with_name(f"{path.name}.txt")
            if not result.exists():
                wrong.append(f"{path.name} has no result")
            elif result.read_text().strip() != text:
                wrong.append(f"{path.name} has the text {result.read_text()!r} instead of {text!r}")
        if (count := len(self.results())) != len(self.texts):
            wrong.append(f"there are {count} results of {len(self.texts)} recordings")
        return wrong
