"""An answer of `engine.questions` in words and as JSON: reason, values, change; nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engage_desktop.domain.duration import format_instant
from engage_desktop.engine.explain import NOT_KNOWN
from engage_desktop.engine.points import TURNED_AWAY
from engage_desktop.engine.timed import DUE, LAST_HOUR, SINCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engage_desktop.engine.changes import Edit
    from engage_desktop.engine.explain import Seen, SeenEvent, Why
    from engage_desktop.engine.plan import PlanJourney
    from engage_desktop.engine.trace import Way
    from engage_desktop.events import EventStore

MANY = 2
"""So many reasons stand in the sentence; the tree has them all."""


def value_text(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else f"{value}"


def reason(why: Why) -> str:
    """What decided, the deciding parts first: `event('A').count() was 1, so ... does not hold`."""
    found = _deciding(why, why.verdict)
    parts = [_part(one) for one in found[:MANY]]
    more = f", and {len(found) - MANY} more" if len(found) > MANY else ""
    return "; ".join(parts) + more


def _deciding(why: Why, verdict: bool) -> list[Why]:
    """The leaves without which the verdict would not be: of the children those that say the same; an only child says
    the same or, under a NOT, the other."""
    if any(seen.text == NOT_KNOWN for seen in why.values):
        return [why]
    children = [child for child in why.children if child.verdict == verdict]
    if len(why.children) == 1:
        children = list(why.children)
    return [leaf for child in children for leaf in _deciding(child, child.verdict)] or [why]


def _part(why: Why) -> str:
    whose = f"{why.who}: " if why.who else ""
    says = "holds" if why.verdict else "does not hold"
    if due := [seen for seen in why.values if seen.text == DUE]:
        return f"{whose}{clock(why.text, due[0], up=why.verdict)}"
    values = [seen for seen in why.values if seen.text != why.text and seen.at is None]
    heard = [seen for seen in why.values if seen.text == why.text]
    if heard:  # an event that is listened for
        came = f"the last at {format_instant(heard[0].events[0].at)}" if heard[0].events else "there was none"
        return f"{whose}{why.text} {'was heard' if why.verdict else 'was not heard'} ({came})"
    if not values:
        return f"{whose}{why.text} {says}"
    if values[0].text == NOT_KNOWN:
        return f"{whose}no identifier was known yet (AU-4)"
    if len(values) == 1:
        return f"{whose}{why.text} {says} (it was {value_text(values[0].value)})"
    shown = " and ".join(f"{seen.text} was {value_text(seen.value)}" for seen in values)
    return f"{whose}{why.text} {says} ({shown})"


def clock(text: str, due: Seen, *, up: bool) -> str:
    """What a delay, a timeout or an age says."""
    if due.at is None:
        return f"{text} has no end"
    return f"{text} {'was over at' if up else 'lasts until'} {format_instant(due.at)}"


def left_by(outcome: str, detail: str | None) -> str:
    """What took somebody out of a journey."""
    if outcome == "exited" and detail is not None:
        step = detail.removeprefix("step:")
        return f"step {step} ended the journey for them" if step != detail else f"the exit rule {detail} took them out"
    return "the journey expired for them after 365 days" if outcome == "expired" else "the journey ended for them"


def entry_note(journey: PlanJourney, way: Way, at: int, meets: bool) -> str:
    """Whether somebody who meets an entry came in then, and if not what kept them out (D-11, D-16, D-17, D-45)."""
    here = [one for one in way.instances if one.entered == at]
    if any(one.outcome != TURNED_AWAY for one in here):
        return " and entered then"
    if here:
        why = "their second had more than 25 events" if here[0].detail == "event_limit" else "25 instances were active"
        return f", but was turned away: {why}"
    if not meets:
        return ""
    if at < journey.starts:
        return f", but the journey starts only at {format_instant(journey.starts)}"
    if at >= journey.ends:
        return f", but the journey has ended at {format_instant(journey.ends)}"
    earlier = [one for one in way.instances if one.entered <= at and one.outcome != TURNED_AWAY]
    entry = journey.entry
    if entry.mode == "once" and earlier:
        return f", but entered before, at {format_instant(earlier[0].entered)}, and may enter once"
    inside = [one for one in earlier if one.ended is None or one.ended >= at]
    if inside and (entry.identifier is not None or entry.mode == "after_exit"):
        same = f" with the same {'.'.join(entry.identifier)}" if entry.identifier is not None else ""
        return f", but is inside{same} since {format_instant(inside[-1].entered)}"
    ended = [one.ended for one in earlier if one.ended is not None]
    if ended and entry.mode == "after_exit" and at < max(ended) + entry.cool_down_us:
        return f", but may enter again only from {format_instant(max(ended) + entry.cool_down_us)} on"
    if entry.condition is not None and entry.schedule is None:
        return ", but that did not begin then" if earlier else ", but that began before the run"
    return ", but did not enter"


def seen_lines(seen: Seen) -> list[str]:
    """A value, and the events behind it."""
    if seen.text in (SINCE, DUE, LAST_HOUR):
        return [f"{seen.text} {'never' if seen.at is None else format_instant(seen.at)}"]
    since = f" since {format_instant(seen.since)}" if seen.since is not None else ""
    lines = [] if seen.value is None and seen.events else [f"{seen.text} was {value_text(seen.value)}{since}"]
    if seen.definition is not None:
        lines.append(f"it is {seen.definition}")
    lines += [_event_line(event) for event in seen.events]
    if seen.total is not None and seen.total > len(seen.events) > 0:
        lines.append(f"and {seen.total - len(seen.events):,} earlier")
    return lines


def _event_line(event: SeenEvent) -> str:
    value = "" if event.value is None else f" ({value_text(event.value)})"
    return f"{event.event} at {format_instant(event.at)}{value}"


def tree_json(why: Why) -> dict[str, Any]:
    body: dict[str, Any] = {"text": why.text, "verdict": why.verdict}
    if why.who is not None:
        body["who"] = why.who
    return body | {
        "values": [_seen_json(seen) for seen in why.values],
        "children": [tree_json(child) for child in why.children],
    }


def _seen_json(seen: Seen) -> dict[str, Any]:
    body: dict[str, Any] = {"text": seen.text, "value": seen.value if seen.at is None else format_instant(seen.at)}
    if seen.definition is not None:
        body["definition"] = seen.definition
    if seen.since is not None:
        body["since"] = format_instant(seen.since)
    if seen.total is not None:
        body["events"] = [
            {"event": event.event, "at": format_instant(event.at)}
            | ({} if event.value is None else {"value": event.value})
            for event in seen.events
        ]
        body["total"] = seen.total
    return body


def edits_json(edits: Sequence[Edit], store: EventStore) -> list[dict[str, Any]]:
    """Each edit as plain values."""
    from engage_desktop.engine.changes import AddEvent, RemoveEvent

    found: list[dict[str, Any]] = []
    for edit in edits:
        at = format_instant(edit.time)
        if isinstance(edit, AddEvent):
            body = {"do": "add", "profile": store.profile_ids[edit.profile], "event": edit.event, "at": at}
            found.append(body | {"properties": edit.properties} | ({"context": edit.context} if edit.context else {}))
        elif isinstance(edit, RemoveEvent):
            found.append({"do": "remove", "profile": store.profile_ids[edit.profile], "event": edit.event, "at": at})
        else:
            whose = {"profile": store.profile_ids} if edit.level == "user" else {"account": store.account_ids}
            owner = {name: ids[edit.subject] for name, ids in whose.items()}
            found.append({"do": "set", **owner, "trait": edit.key, "value": edit.value, "at": at})
    return found


def change_text(edits: Sequence[Edit], store: EventStore, subject: str) -> str:
    """`with 2 more 'Order Completed' (price 20) by 2025-...`; the same event is named once."""
    parts: dict[str, list[str]] = {}
    for one in edits_json(edits, store):
        owner = one.get("profile", one.get("account"))
        whose = "" if owner == subject else f" of {owner}"
        if one["do"] == "set":
            told = "no value" if one["value"] is None else value_text(one["value"])
            parts.setdefault(f"with the trait {one['trait']}{whose} set to {told} by {one['at']}", [])
            continue
        fields = one.get("properties", {}) | {f"context {key}": value for key, value in one.get("context", {}).items()}
        having = f" ({', '.join(f'{key} {value_text(value)}' for key, value in fields.items())})" if fields else ""
        parts.setdefault(f"{one['do']}|'{one['event']}'{having}{whose}", []).append(one["at"])
    return " and ".join(_times(part, times) for part, times in parts.items())


def _times(part: str, times: list[str]) -> str:
    if not times:
        return part
    do, _, what = part.partition("|")
    when = times[0] if len(set(times)) == 1 else f"{min(times)} to {max(times)}"
    if do == "add":
        return f"with {len(times)} more {what} at {when}" if len(times) > 1 else f"with one more {what} at {when}"
    return f"without the {len(times)} {what} at {when}" if len(times) > 1 else f"without the {what} at {when}"
