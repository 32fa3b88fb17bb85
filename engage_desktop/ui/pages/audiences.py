"""The rail's Audiences: the audiences, and below them the computed traits with how many have a value."""

from __future__ import annotations

from PySide6.QtCore import Signal

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_traits import AskTraitCounts, TraitCounts
from engage_desktop.domain.people import ComputedTrait
from engage_desktop.ui import formats
from engage_desktop.ui.pages.lists import ListPage, level_words
from engage_desktop.ui.pages.trait import words
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, label
from engage_desktop.ui.widgets.table import SmallTable


class AudiencesPage(ListPage):
    new_trait_asked = Signal()
    from_list_asked = Signal()

    def __init__(self, session: Session) -> None:
        self.counts: TraitCounts | None = None
        self._traits: tuple[ComputedTrait, ...] = ()
        super().__init__(session, "audience")
        card = Card("traits.card")
        new = button("New computed trait", "traits.new")
        new.clicked.connect(self.new_trait_asked)
        self.head.insertWidget(0, new)
        from_list = button("From a list…", "audiences.from_list", tip="Make an audience of the people a file names")
        from_list.clicked.connect(self.from_list_asked)
        self.head.insertWidget(1, from_list)
        card.body.addWidget(label("Computed traits", "title"))
        columns = ("Name", "Of", "Definition", "With a value")
        self.traits = SmallTable("traits.table", "Computed traits", columns, frozenset({3}), stretch=2)
        self.traits.opened.connect(lambda at: self.opened.emit("trait", self._traits[at].key))
        self._no_traits = label(
            "No computed trait yet: a value for each person, such as the orders of the last 90 days, "
            "which audiences and journeys compare.",
            "muted",
            "traits.empty",
            wrap=True,
        )
        card.body.addWidget(self.traits)
        card.body.addWidget(self._no_traits)
        self.body.insertWidget(self.body.count() - 1, card)

    def refresh(self) -> None:
        super().refresh()
        if self.session.current and self.session.campaigns.traits:
            self.session.latest(
                "traits.counts", lambda: AskTraitCounts(self.session.generation, self.session.at_us), self._take_counts
            )

    def _take_counts(self, reply: Reply) -> None:
        if isinstance(reply, TraitCounts):
            self.counts = reply
            self.show_items()

    def show_items(self) -> None:
        super().show_items()
        self._traits = self.session.campaigns.traits
        counts = self.counts.counts if self.counts is not None else {}
        rows: list[tuple[str, ...]] = []
        for trait in self._traits:
            count = formats.number(counts[trait.key]) if trait.key in counts else "–"
            text = words(trait) or "cannot be read yet"
            rows.append((trait.name, level_words(trait.level), text[:1].upper() + text[1:], count))
        self.traits.show_rows(rows)
        self.traits.setVisible(bool(rows))
        self._no_traits.setVisible(not rows)
