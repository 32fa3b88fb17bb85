"""What Ctrl K offers: actions, campaigns, their steps, the event names of the log, and its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from engage_desktop.app.actions import ActionContext, ActionRegistry
from engage_desktop.app.protocol import ENTRY
from engage_desktop.app.protocol_people import FoundPeople
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.ui import formats
from engage_desktop.ui.canvas import catalogue, words
from engage_desktop.ui.menus import WindowActions, key_words
from engage_desktop.ui.pages.lists import items
from engage_desktop.ui.palette import Entry
from engage_desktop.ui.session import Session

Go = Callable[[str, str, str], None]
"""(kind, key, step) -> None"""


def entries(
    session: Session | None,
    registry: ActionRegistry,
    actions: WindowActions,
    context: ActionContext,
    go: Go,
    show_event: Callable[[str], None],
) -> list[Entry]:
    """Everything that can be found now: campaigns first, then enabled actions, steps, events."""
    found: list[Entry] = []
    if session is not None:
        for item in items(session.campaigns):
            icon = "route" if item.kind == "journey" else "users"
            found.append(Entry(item.name, item.kind_words, icon, partial(go, item.kind, item.key, ""), item.key))
        for trait in session.campaigns.traits:
            found.append(Entry(trait.name, "Computed trait", "tag", partial(go, "trait", trait.key, ""), trait.key))
        for broadcast in session.campaigns.broadcasts:
            run = partial(go, "broadcast", broadcast.key, "")
            found.append(Entry(broadcast.name, "Broadcast", "megaphone", run, broadcast.key))
        for message in session.campaigns.messages:
            run = partial(go, "message", message.key, "")
            icon = catalogue.CHANNEL_ICON[message.channel]
            found.append(Entry(message.name or message.key, "Message", icon, run, message.key))
    for record in registry:
        if record.allowed(context) and record.id != "edit.find":
            keys = actions.shortcuts.keys(record.id)
            hint = key_words(keys[0]).replace("+", " ") if keys else record.category
            words_ = f"{record.category} {record.words}"
            action = actions[record.id]
            found.append(Entry(action.text(), hint, record.icon or "chevron-right", action.trigger, words_))
    if session is not None:
        for journey in session.campaigns.journeys:
            found += _steps(journey, session.campaigns, go)
        counts = session.workbench.log.event_counts if session.workbench.log else {}
        for name in sorted(counts, key=lambda name: -counts[name]):
            hint = f"Event, {formats.number(counts[name])} in the log"
            found.append(Entry(name, hint, "zap", partial(show_event, name)))
    return found


def people(found: FoundPeople, about: str, why: Callable[[str], None]) -> list[Entry]:
    """Those of the log whose id was typed; choosing one says why it is in what `about` names, or is not."""
    return [Entry(who, f"Person: why in {about}, or not", "user", partial(why, who)) for who in found.people]


def _steps(journey: Journey, campaigns: Campaigns, go: Go) -> Iterator[Entry]:
    title, icon = words.entry_title(journey, campaigns), catalogue.entry_icon(journey)
    yield Entry(title, f"Entry of {journey.name}", icon, partial(go, "journey", journey.key, ENTRY))
    for step in journey.steps:
        title, icon = words.step_title(step, campaigns), catalogue.step_icon(step, campaigns)
        run = partial(go, "journey", journey.key, step.key)
        yield Entry(title, f"Step of {journey.name}", icon, run, words.type_title(step))
