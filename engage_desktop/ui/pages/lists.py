"""All journeys, or all audiences, with size and state; Home shows both by lifecycle stage."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal

from engage_desktop.app.protocol import AskSizes, Reply, Sizes
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.people import Level
from engage_desktop.ui import formats
from engage_desktop.ui.pages.base import OpeningPage
from engage_desktop.ui.pages.things import ThingsCard
from engage_desktop.ui.session import Session
from engage_desktop.ui.titles import stage_names
from engage_desktop.ui.widgets.common import button


@dataclass(frozen=True)
class Item:
    """One campaign as lists show it."""

    kind: str
    key: str
    name: str
    stage: str | None
    level: Level = "user"

    @property
    def kind_words(self) -> str:
        return self.kind.capitalize()


def items(campaigns: Campaigns) -> list[Item]:
    """Journeys, then audiences, as authored."""
    journeys = [Item("journey", journey.key, journey.name, journey.stage) for journey in campaigns.journeys]
    return journeys + [
        Item("audience", audience.key, audience.name, audience.stage, audience.level)
        for audience in campaigns.audiences
    ]


def level_words(level: Level) -> str:
    """Whom a definition is about, as a cell of a list."""
    return "Accounts" if level == "account" else "Users"


class SizedPage(OpeningPage):
    """A page that shows sizes at the clock."""

    def __init__(self, session: Session, name: str, title: str, sentence: str) -> None:
        super().__init__(session, name, title, sentence)
        self._name = name
        self.sizes: Sizes | None = None
        for signal in (session.document_changed, session.clock_changed, session.run_changed, session.approvals_changed):
            signal.connect(self.touch)

    def refresh(self) -> None:
        self.show_items()
        if self.session.current:
            self.session.latest(
                f"sizes.{self._name}", lambda: AskSizes(self.session.generation, self.session.at_us), self._take
            )

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Sizes):
            self.sizes = reply
            self.show_items()

    def show_items(self) -> None:
        raise NotImplementedError

    def size_words(self, item: Item) -> tuple[str, str]:
        """(people now, entered so far) of a campaign; a dash where nothing is known yet."""
        if self.sizes is None:
            return "–", "–"
        if item.kind == "audience":
            size = self.sizes.audiences.get(item.key)
            return ("–" if size is None else formats.number(size)), ""
        figures = self.sizes.journeys.get(item.key)
        return ("–", "–") if figures is None else (formats.number(figures[1]), formats.number(figures[0]))

    def state_words(self, item: Item) -> str:
        return self.session.state_of(item.kind, item.key).capitalize()


class ListPage(SizedPage):
    """`journeys` or `audiences`."""

    new_asked = Signal()

    def __init__(self, session: Session, kind: str) -> None:
        plural = f"{kind}s"
        sentence = {
            "journey": "People enter, wait, branch and are reached, step by step",
            "audience": "Living groups: people enter and leave as they meet the conditions",
        }[kind]
        super().__init__(session, plural, plural.capitalize(), sentence)
        self._kind = kind
        new = button(f"New {kind}", f"{plural}.new", "primary")
        new.clicked.connect(self.new_asked)
        self.head.addWidget(new)
        columns = (
            ("Name", "Stage", "Inside now", "Entered", "State")
            if kind == "journey"
            else ("Name", "Of", "Stage", "Size", "State")
        )
        right = frozenset({2, 3} if kind == "journey" else {3})
        empty = f"No {kind} yet. Make the first one with “New {kind}”."
        self.card = ThingsCard(plural, plural.capitalize(), columns, empty, right)
        self.table = self.card.table
        self.card.opened.connect(lambda key: self.opened.emit(kind, key))
        self.body.addWidget(self.card)
        self.body.addStretch(1)

    def show_items(self) -> None:
        campaigns = self.session.campaigns
        shown = [item for item in items(campaigns) if item.kind == self._kind]
        stages = stage_names(campaigns)
        rows: list[tuple[str, ...]] = []
        for item in shown:
            now, entered = self.size_words(item)
            stage = stages.get(item.stage or "", "–")
            between = (stage, now, entered) if self._kind == "journey" else (level_words(item.level), stage, now)
            rows.append((item.name, *between, self.state_words(item)))
        self.card.show_things([item.key for item in shown], rows)
