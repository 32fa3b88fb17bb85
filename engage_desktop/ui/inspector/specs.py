"""Which fields a step type has, as data. The form builder makes them; branches stand apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal[
    "duration",
    "condition",
    "event",
    "text",
    "number",
    "choice",
    "flag",
    "words",
    "message",
    "destination",
    "target",
    "mapping",
]


@dataclass(frozen=True, slots=True)
class Spec:
    """One field. `attribute` of the step; for `target` the output's branch (None = `next`)."""

    attribute: str
    title: str
    kind: FieldKind
    optional: bool = False
    hint: str = ""
    choices: tuple[tuple[str, object], ...] = ()


_THEN = Spec("next", "Then", "target")

SPECS: dict[str, tuple[Spec, ...]] = {
    "delay": (Spec("duration", "Wait", "duration"), _THEN),
    "delay_until": (_THEN,),  # its other fields follow its kind: until.py
    "hold": (Spec("timeout", "At most", "duration"), Spec("on_timeout", "When that time has passed", "target")),
    "wait": (
        Spec("condition", "Until", "condition"),
        _THEN,
        Spec("timeout", "At most", "duration", True),
        Spec("on_timeout", "When that time has passed", "target"),
    ),
    "split": (Spec("otherwise", "Everybody else", "target"),),
    "fork": (),
    "random": (Spec("sticky", "Same arm each time a person comes", "flag"),),
    "message": (
        Spec("message", "Message", "message"),
        Spec("priority", "Priority over other messages", "number", True, "the journey's"),
        Spec(
            "when_not_sent",
            "When it cannot be sent",
            "choice",
            choices=(("Go on", "continue"), ("Leave the journey", "leave")),
        ),
        _THEN,
    ),
    "ad": (
        Spec("destination", "List destination", "destination"),
        Spec("remove_after", "Taken off again after", "duration", True),
        _THEN,
    ),
    "send": (
        Spec("destination", "Destination", "destination"),
        Spec("event_name", "Event name there", "text", True, "the step's name"),
        Spec("traits", "With traits", "words", True, "first_name, country"),
        Spec("mapping", "With these fields", "mapping"),
        _THEN,
    ),
    "set_trait": (_THEN,),  # its other fields follow the type of the value: set_trait.py
    "end": (Spec("outcome", "Outcome", "text", True, "completed"),),
}
