"""Changes as data: what an edit did to which object, so that it can be undone, redone and journalled.

A change knows nothing about who made it or how; `apply_change` is the only place that turns
one into a new design.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import TypeAdapter

from engage_desktop.document.canonical import to_data
from engage_desktop.domain.base import Model
from engage_desktop.domain.campaigns import Campaigns, JourneyLayout, JourneyTest, Layout
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.message import Broadcast, Destination, Message
from engage_desktop.domain.people import Audience, ComputedTrait
from engage_desktop.domain.workspace import Identity, Policies, Workspace

Kind = Literal[
    "workspace", "identity", "policies",
    "trait", "audience", "message", "destination", "journey", "broadcast", "test",
    "layout",
]  # fmt: skip
LISTS: dict[str, str] = {
    "trait": "traits",
    "audience": "audiences",
    "message": "messages",
    "destination": "destinations",
    "journey": "journeys",
    "broadcast": "broadcasts",
    "test": "tests",
}
"""Kinds that stand in a list of the campaign file, and the name of that list."""
MODELS: dict[str, type[Model]] = {
    "workspace": Workspace,
    "identity": Identity,
    "policies": Policies,
    "trait": ComputedTrait,
    "audience": Audience,
    "message": Message,
    "destination": Destination,
    "journey": Journey,
    "broadcast": Broadcast,
    "test": JourneyTest,
    "layout": JourneyLayout,
}
_KIND: TypeAdapter[Kind] = TypeAdapter(Kind)


class StaleChange(UserError):
    """A change was made from another state of the design than the one it is applied to."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One object before and after. `before` None adds, `after` None removes, both replace.

    `key` is the object's key (the journey's for `layout`, empty for the single ones), `index`
    its place in its list: for an addition None means at the end.
    """

    kind: Kind
    key: str
    before: Model | None
    after: Model | None
    index: int | None = None

    @property
    def changes_nothing(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Change:
    """One gesture with a name people understand ("Move 3 steps"). Consecutive changes of the
    same non-empty `gesture` become one history entry: a drag, a word being typed."""

    name: str
    edits: tuple[Edit, ...]
    gesture: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data with every text as typed; `from_json` reads it back."""
        edits = [
            {
                "kind": edit.kind,
                "key": edit.key,
                "index": edit.index,
                "before": None if edit.before is None else to_data(edit.before, canonical=False),
                "after": None if edit.after is None else to_data(edit.after, canonical=False),
            }
            for edit in self.edits
        ]
        return {"name": self.name, "gesture": self.gesture, "edits": edits}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Change:
        """The change of plain data; ValueError when it is none."""
        try:
            edits = tuple(_edit_of(item) for item in data["edits"])
            return cls(str(data["name"]), edits, str(data.get("gesture", "")))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This is no change record: {error}.") from None


def _edit_of(data: Mapping[str, Any]) -> Edit:
    kind = _KIND.validate_python(data["kind"])
    index = data.get("index")
    if index is not None and not isinstance(index, int):
        raise TypeError("index")
    return Edit(kind, str(data["key"]), _model(kind, data["before"]), _model(kind, data["after"]), index)


def _model(kind: Kind, data: Any) -> Model | None:
    if data is None:
        return None
    return MODELS[kind].model_validate_json(json.dumps(data), by_alias=True, by_name=False)


def put(campaigns: Campaigns, kind: Kind, item: Model, *, key: str | None = None, index: int | None = None) -> Edit:
    """The edit that replaces the object of that key (by default the item's own), or adds the item."""
    if kind not in LISTS:
        return Edit(kind, "", getattr(campaigns, kind), item)
    key = key if key is not None else getattr(item, "key")  # noqa: B009 - every listed model has one
    for place, found in enumerate(getattr(campaigns, LISTS[kind])):
        if found.key == key:
            return Edit(kind, key, found, item, place)
    return Edit(kind, key, None, item, index)


def drop(campaigns: Campaigns, kind: Kind, key: str) -> Edit:
    """The edit that removes the object of that key; StaleChange when there is none."""
    if kind not in LISTS:
        return Edit(kind, "", getattr(campaigns, kind), None)
    for place, found in enumerate(getattr(campaigns, LISTS[kind])):
        if found.key == key:
            return Edit(kind, key, found, None, place)
    raise StaleChange(f"There is no {kind} {key!r} to remove.")


def put_layout(layout: Layout, journey: str, item: JourneyLayout | None) -> Edit:
    """The edit that gives a journey this layout (None: takes it away)."""
    return Edit("layout", journey, layout.journeys.get(journey), item)


def apply_change(campaigns: Campaigns, layout: Layout, change: Change) -> tuple[Campaigns, Layout, Change, Change]:
    """Campaigns and layout after a change, the change with its places filled in, and its inverse.

    Raises StaleChange, changing nothing, when an edit does not fit what is there.
    """
    done: list[Edit] = []
    for edit in change.edits:
        if edit.kind == "layout":
            layout, place = _apply_layout(layout, edit, change.name)
            done.append(replace(edit, index=place))
        else:
            campaigns, index = _apply_campaigns(campaigns, edit, change.name)
            done.append(replace(edit, index=index))
    back = tuple(
        replace(edit, key=getattr(edit.after, "key", edit.key), before=edit.after, after=edit.before)
        for edit in reversed(done)
    )
    return campaigns, layout, replace(change, edits=tuple(done)), replace(change, edits=back)


def _apply_campaigns(campaigns: Campaigns, edit: Edit, name: str) -> tuple[Campaigns, int | None]:
    if edit.kind not in LISTS:
        if getattr(campaigns, edit.kind) != edit.before:
            raise _stale(edit, name)
        if edit.after is None and edit.kind != "identity":
            raise StaleChange(f"{name!r} cannot be done: the {edit.kind} cannot be removed.")
        return campaigns.with_(**{edit.kind: edit.after}), None
    field = LISTS[edit.kind]
    items = list(getattr(campaigns, field))
    index = _splice(items, edit, name)
    return campaigns.with_(**{field: tuple(items)}), index


def _apply_layout(layout: Layout, edit: Edit, name: str) -> tuple[Layout, int]:
    keys = list(layout.journeys)
    items: list[Any] = list(layout.journeys.values())
    if edit.before is None and edit.key in keys:
        raise _stale(edit, name)
    if edit.before is not None:
        if edit.key not in keys:
            raise _stale(edit, name)
        edit = replace(edit, index=keys.index(edit.key))
    index = _splice(items, edit, name)
    if edit.before is None:
        keys.insert(index, edit.key)
    elif edit.after is None:
        keys.pop(index)
    return layout.with_(journeys=dict(zip(keys, items, strict=True))), index


def _splice(items: list[Any], edit: Edit, name: str) -> int:
    """Work one edit into a list; returns the place."""
    if edit.before is None:
        if edit.after is None:
            raise _stale(edit, name)
        index = len(items) if edit.index is None else min(max(edit.index, 0), len(items))
        items.insert(index, edit.after)
        return index
    index = edit.index if edit.index is not None else -1
    if not (0 <= index < len(items) and items[index] == edit.before):
        if edit.before not in items:
            raise _stale(edit, name)
        index = items.index(edit.before)
    if edit.after is None:
        items.pop(index)
    else:
        items[index] = edit.after
    return index


def _stale(edit: Edit, name: str) -> StaleChange:
    what = f"{edit.kind} {edit.key!r}" if edit.key else f"the {edit.kind}"
    return StaleChange(f"{name!r} no longer fits: {what} has changed meanwhile. Repeat it on the design as it is now.")
