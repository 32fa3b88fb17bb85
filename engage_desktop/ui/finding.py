"""What Ctrl K offers: actions, campaigns, their steps, and the event names of the log."""

from __future__ import annotations

from collections.abc import Callable

from engage_desktop.app.actions import ActionContext, ActionRegistry
from engage_desktop.app.protocol import ENTRY
from engage_desktop.ui import formats
from engage_desktop.ui.canvas import catalogue, words
from engage_desktop.ui.menus import WindowActions
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
        campaigns = session.campaigns
        for item in items(campaigns):
            icon = "route" if item.kind == "journey" else "users"
            found.append(
                Entry(item.name, item.kind_words, icon, lambda item=item: go(item.kind, item.key, ""), item.key)
            )  # type: ignore[misc]  # bound early
    for record in registry:
        if record.enabled(context) and record.id != "edit.find":
            hint = record.keys[0].replace("+", " ") if record.keys else record.category
            found.append(
                Entry(
                    actions[record.id].text(),
                    hint,
                    record.icon or "chevron-right",
                    actions[record.id].trigger,
                    f"{record.category} {record.words}",
                )
            )
    if session is not None:
        for journey in session.campaigns.journeys:
            title = words.entry_title(journey, session.campaigns)
            found.append(
                Entry(
                    title,
                    f"Entry of {journey.name}",
                    catalogue.entry_icon(journey),
                    lambda key=journey.key: go("journey", key, ENTRY),
                )
            )  # type: ignore[misc]  # bound early
            for step in journey.steps:
                title, icon = words.step_title(step, session.campaigns), catalogue.step_icon(step, session.campaigns)
                found.append(
                    Entry(
                        title,
                        f"Step of {journey.name}",
                        icon,
                        lambda key=journey.key, step=step.key: go("journey", key, step),
                        words.type_title(step),
                    )
                )  # type: ignore[misc]  # bound early
        log = session.workbench.log
        for name, number in sorted((log.event_counts if log else {}).items(), key=lambda pair: -pair[1]):
            found.append(
                Entry(name, f"Event, {formats.number(number)} in the log", "zap", lambda name=name: show_event(name))
            )  # type: ignore[misc]  # bound early
    return found
