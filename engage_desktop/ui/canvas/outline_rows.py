"""The outline of a journey as rows: what each says, to the eye and to a screen reader. Knows no widgets.

A run of steps stands at one level; each labelled branch is a row with its own run under it. A step where
several ways join is listed where it is met first; later ways name it. What nothing leads to stands last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engage_desktop.document import ENTRY
from engage_desktop.domain.step import Output
from engage_desktop.ui.canvas import words
from engage_desktop.ui.canvas.content import NO_FIGURE
from engage_desktop.ui.canvas.scene import JourneyScene, WireKey

RowKind = Literal["step", "branch", "join", "loose"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line. A step has its `key`; a branch its `wire`; a join both: the wire that leads to the step `key`,
    listed elsewhere. `loose` is the heading over steps that nothing leads to. `nameable`: F2 works."""

    kind: RowKind
    depth: int
    key: str | None
    wire: WireKey | None
    title: str
    line: str
    figures: str
    spoken: str
    nameable: bool = False
    severity: str = ""
    problems: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[object, ...]:
        """What the row stands for, whatever it says."""
        return self.kind, self.depth, self.key, self.wire


def rows(scene: JourneyScene) -> list[Row]:
    """The outline of what the scene shows, top to bottom."""
    if scene.journey is None:
        return []
    made = _Rows(scene)
    made.run(ENTRY, 0)
    loose = [key for key in scene.cards if key not in made.seen]
    if loose:
        said = "Not connected. Nobody gets to these steps"
        made.rows.append(Row("loose", 0, None, None, "Not connected", "Nobody gets to these steps", "", said))
    led = {wire.target for key, wire in scene.wires.items() if key[0] in loose}
    for key in [*(key for key in loose if key not in led), *loose]:
        if key not in made.seen:
            made.run(key, 1)
    return made.rows


class _Rows:
    """Walks without recursion: a journey may be a thousand steps deep."""

    def __init__(self, scene: JourneyScene) -> None:
        self._scene = scene
        self.rows: list[Row] = []
        self.seen: set[str] = set()

    def run(self, start: str, depth: int) -> None:
        waiting: list[tuple[str | Output, int, WireKey | None]] = [(start, depth, None)]
        while waiting:
            what, depth, wire = waiting.pop()
            if isinstance(what, Output):
                assert wire is not None
                self.rows.append(self._branch(wire, what, depth))
                if what.target in self._scene.cards and not what.loop:
                    waiting.append((what.target, depth + 1, wire))
            elif what in self.seen:
                assert wire is not None
                self.rows.append(self._join(wire, what, depth))
            else:
                self.seen.add(what)
                self.rows.append(self._step(what, depth))
                waiting += reversed(self._after(what, depth))

    def _after(self, key: str, depth: int) -> list[tuple[str | Output, int, WireKey | None]]:
        """The branches of a step, then the step after it."""
        found: list[tuple[str | Output, int, WireKey | None]] = []
        ahead: list[tuple[str | Output, int, WireKey | None]] = []
        for output in self._scene.outputs_of(key):
            wire = (key, output.branch)
            if self._scene.wires[wire].content.label:
                found.append((output, depth + 1, wire))
            elif output.target in self._scene.cards:
                ahead.append((output.target, depth, wire))
        return found + ahead

    # -- texts --------------------------------------------------------------------------------

    def _title(self, key: str) -> str:
        return self._scene.cards[key].content.title

    def _step(self, key: str, depth: int) -> Row:
        scene, content = self._scene, self._scene.cards[key].content
        step = scene.journey.by_key.get(key) if scene.journey is not None else None
        kind = words.type_title(step) if step is not None else "Entry"
        shown = " · ".join(f"{figure.label} {figure.text}" for figure in content.figures if figure.text != NO_FIGURE)
        outputs = [output for output in scene.outputs_of(key) if not scene.wires[key, output.branch].content.label]
        after = "".join(
            f", goes on to “{self._title(output.target)}”" if output.target in scene.cards else ", the path ends here"
            for output in outputs
        )
        problems = "".join(f". Problem: {text}" for text in content.problems)
        said = f"Level {depth + 1}. {kind}: {content.title}. {content.line}"
        figures = f". {shown.replace(' · ', ', ')}{'' if content.current else ', being counted again'}" if shown else ""
        return Row(
            "step",
            depth,
            key,
            None,
            content.title,
            content.line,
            shown,
            f"{said}{after}{figures}{problems}",
            key != ENTRY,
            content.severity,
            content.problems,
        )

    def _branch(self, wire: WireKey, output: Output, depth: int) -> Row:
        content = self._scene.wires[wire].content
        target = output.target if output.target in self._scene.cards else None
        line = "starts over" if output.loop else "" if target else "ends here"
        leads = (
            f"loops back to the start of “{self._title(wire[0])}”"
            if output.loop
            else f"leads to “{self._title(target)}”"
            if target
            else "the path ends here"
        )
        went = (
            f", {content.count} went this way{'' if content.current else ', being counted again'}"
            if content.count
            else ""
        )
        said = f"Level {depth + 1}. Branch “{content.label}” of “{self._title(wire[0])}”: {leads}{went}"
        nameable = output.kind == "branch"
        return Row("branch", depth, None, wire, content.label, line, content.count, said, nameable)

    def _join(self, wire: WireKey, key: str, depth: int) -> Row:
        title = self._title(key)
        said = f"Level {depth + 1}. Joins “{title}”, which stands above. Enter goes there"
        return Row("join", depth, key, wire, f"→ {title}", "joins the step above", "", said)
