"""Figures against their goals, as a table and as JSON."""

import json


class Report:
    def __init__(self):
        #: Each as name, measured, goal, and whether it was met (`None` if there is no goal).
        self.figures = []
        #: All raw numbers, by what they are of.
        self.raw = {}

    def figure(self, name, value, unit="", at_most=None, at_least=None, note=""):
        goal, met = "", None
        if at_most is not None:
            goal, met = f"≤ {at_most:.4g}{unit}", value <= at_most
        elif at_least is not None:
            goal, met = f"≥ {at_least:.4g}{unit}", value >= at_least
        measured = str(value) if isinstance(value, int) else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
        self._add(name, measured + unit, goal, met, note)

    def check(self, name, found, goal, met, note=""):
        """A figure that is no number."""
        self._add(name, found, goal, met, note)

    def missing(self, name, why):
        """A figure that could not be measured counts as a missed goal."""
        self._add(name, "NOT MEASURED", "", False, why)

    def _add(self, *figure):
        self.figures.append(figure)
        print(self._line(figure), flush=True)

    @staticmethod
    def _line(figure):
        name, measured, goal, met, note = figure
        verdict = {True: "ok", False: "MISSED", None: ""}[met]
        return f"{name:58} {measured:>14} {goal:>14}  {verdict:6}  {note}".rstrip()

    @property
    def missed(self):
        return [name for name, _, _, met, _ in self.figures if met is False]

    def table(self):
        lines = ["| figure | measured | goal | | |", "| --- | --- | --- | --- | --- |"]
        for name, measured, goal, met, note in self.figures:
            verdict = {True: "ok", False: "**missed**", None: ""}[met]
            lines.append(f"| {name} | {measured} | {goal} | {verdict} | {note} |")
        return "\n".join(lines)

    def write(self, path, **about):
        keys = ["figure", "measured", "goal", "met", "note"]
        figures = [dict(zip(keys, figure)) for figure in self.figures]
        path.write_text(json.dumps({**about, "figures": figures, "raw": self.raw}, indent=1, ensure_ascii=False) + "\n")
