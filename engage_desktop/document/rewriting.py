"""A query text with a name in it replaced, everything else as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from engage_desktop.domain.condition import InAudience, Property, Reduce, Stream

Names = tuple[str, ...]
"""Events around a node, outermost first; before them the empty name of the event at hand."""
Rewrite = Callable[[Any, Names], Any]


def rename_event(text: str, old: str, new: str) -> str:
    """Each event of one name is one of another."""

    def named(node: Any, _names: Names) -> Any:
        return replace(node, event=new) if isinstance(node, Stream) and node.event == old else node

    return _rewritten(text, named)


def rename_audience(text: str, old: str, new: str) -> str:
    """Membership of one audience is that of another."""

    def named(node: Any, _names: Names) -> Any:
        return InAudience(new) if isinstance(node, InAudience) and node.key == old else node

    return _rewritten(text, named)


def rename_property(text: str, event: str, old: Names, new: Names) -> str:
    """One property of an event (the empty name: of the one at hand) is another."""

    def named(node: Any, names: Names) -> Any:
        match node:
            case Property(path, parent) if path == old and (names[-2] if parent else names[-1]) == event:
                return replace(node, path=new)
            case Reduce(path=path, context=False) if path == old and node.stream.event == event:
                return replace(node, path=new)
        return node

    return _rewritten(text, named)


def _rewritten(text: str, change: Rewrite) -> str:
    from engage_desktop.language import parse, to_text

    return to_text(_rebuilt(parse(text), change, ("", "")))


def _rebuilt(node: Any, change: Rewrite, names: Names) -> Any:
    """Each node of a tree put through `change`, the inner ones first."""
    if isinstance(node, tuple):
        return tuple(_rebuilt(item, change, names) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    inner = (*names, node.event) if isinstance(node, Stream) else names
    values = {
        field.name: _rebuilt(getattr(node, field.name), change, inner if field.name == "where" else names)
        for field in fields(node)
    }
    return change(replace(cast(Any, node), **values), names)
