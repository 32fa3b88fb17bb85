"""Steps of a newer version: kept as they were written, with what of their wires can be understood.

A step is unknown when its type is, or when it or something in it has fields that this version does not know. What is
not known is never looked into and comes back as it was read; only name, key and wires can be changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from engage_desktop.domain.base import Key, Model
from engage_desktop.domain.step_base import StepBase

_KEY = re.compile(r"[a-z0-9_]{1,63}")


class Kept(Model):
    """An object of which this version knows a part. `written` is all of it, in the order in which it was written."""

    written: dict[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _from_written(cls, data: Any) -> Any:
        return cls._understood(data) | {"written": dict(data)} if isinstance(data, Mapping) else data

    @classmethod
    def _understood(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of this class that can be read from what was written."""
        wires = {field: data[field] for field in ("next", "on_timeout", "otherwise") if _is_key(data.get(field))}
        name = {"name": data["name"]} if isinstance(data.get("name"), str) else {}
        return (
            {"key": data.get("key")} | name | {field: key for field, key in wires.items() if field in cls.model_fields}
        )

    def with_(self, **changes: Any) -> Self:
        """A copy with some of the known fields replaced; None takes one away."""
        written = dict(self.written)
        for field, value in changes.items():
            if value is None or (value is False and field not in written):
                written.pop(field, None)
            else:
                written[field] = value
        return type(self).model_validate(written)


class UnknownBranch(Kept):
    key: Key
    name: str | None = None
    loop: bool = False
    next: Key | None = None

    @classmethod
    def _understood(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return super()._understood(data) | {"loop": data.get("loop") is True}


class UnknownStep(Kept, StepBase):
    on_timeout: Key | None = None
    otherwise: Key | None = None
    branches: tuple[UnknownBranch, ...] = ()

    @classmethod
    def _understood(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        branches = data.get("branches")
        keyed = isinstance(branches, list | tuple) and all(isinstance(one, Mapping) for one in branches)
        keyed = keyed and all(_is_key(one.get("key")) for one in branches or ())
        found = super()._understood(data) | {"type": data.get("type")}
        return found | (
            {"branches": tuple(UnknownBranch.model_validate(one) for one in branches or ())} if keyed else {}
        )

    def with_(self, **changes: Any) -> Self:
        if "branches" in changes:
            changes["branches"] = [branch.written for branch in changes["branches"]]
        return super().with_(**changes)


def _is_key(text: Any) -> bool:
    return isinstance(text, str) and _KEY.fullmatch(text) is not None
