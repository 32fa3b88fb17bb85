"""One computed trait: its definition in words and as text, and how its values are spread at the clock."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent

from engage_desktop.app.protocol_traits import TraitFigures
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import ComputedTrait
from engage_desktop.ui import formats
from engage_desktop.ui.pages.definition import DefinitionPage
from engage_desktop.ui.session import Session
from engage_desktop.ui.watch import TraitWatch
from engage_desktop.ui.widgets.bars import Bar, Bars
from engage_desktop.ui.widgets.common import Card, label, row
from engage_desktop.ui.widgets.number_bars import NumberBars


def trait_of(campaigns: Campaigns, key: str) -> ComputedTrait | None:
    return next((trait for trait in campaigns.traits if trait.key == key), None)


def words(trait: ComputedTrait) -> str:
    """The definition as a phrase, nothing where it cannot be read."""
    from engage_desktop.language import parse, phrase  # late, with the parser

    try:
        return phrase(parse(trait.definition))
    except UserError:
        return ""


class TraitPage(DefinitionPage[ComputedTrait]):
    """Edits the trait that is followed by `watch`."""

    def __init__(self, session: Session, watch: TraitWatch) -> None:
        self._watch = watch
        super().__init__(session, "trait", "A computed trait: one value a person, new with every event that changes it")
        self._spread = Card("trait.spread.card", 12)
        self._spread.body.addWidget(label("Values at the clock", "title"))
        self._facts = label("", "muted", "trait.facts", wrap=True)
        self._spread.body.addWidget(self._facts)
        self.numbers = NumberBars("trait.numbers", "How the numbers are spread")
        self._spread.body.addWidget(self.numbers)
        self._often = label("", "heading", "trait.often")
        self._spread.body.addLayout(row(self._often, "stretch"))
        self.top = Bars("trait.top", "The most frequent values")
        self._spread.body.addWidget(self.top)
        self.body.addWidget(self._spread)
        self.body.addStretch(1)
        watch.changed.connect(self._show_figures)
        self._show_figures(None)

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        super().showEvent(event)
        self._watch.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:  # Qt's name
        super().hideEvent(event)
        self._watch.set_active(False)

    def show_trait(self, key: str) -> None:
        self.show_key(key)
        self._watch.follow(key)

    @property
    def item(self) -> ComputedTrait | None:
        return trait_of(self.session.campaigns, self._key)

    def _load(self) -> None:
        super()._load()
        trait = self.item
        if trait is not None:
            one = formats.whom(trait.level).one
            self.sentence.setText(f"A computed trait: one value for each {one}, new with every event that changes it")

    def show_words(self) -> None:
        trait = self.item
        if trait is not None:
            text, before = words(trait), f"For each {formats.whom(trait.level).one}"
            self.put_words([(before, text, "")] if text else [], "The definition cannot be read yet.")

    def _show_figures(self, figures: TraitFigures | None) -> None:
        self._spread.setVisible(figures is not None)
        if figures is None:
            return
        numbers, whom = figures.numbers, formats.whom(figures.level)
        if not figures.with_value:
            self._facts.setText(f"No {whom.one} has a value at this instant.")
        elif numbers is not None:
            self._facts.setText(
                f"Median {formats.value(numbers.median)} · mean {formats.value(numbers.mean)} · "
                f"from {formats.value(numbers.low)} to {formats.value(numbers.high)}"
            )
        else:
            self._facts.setText("")
        self._facts.setVisible(bool(self._facts.text()))
        self.numbers.setVisible(numbers is not None)
        self.numbers.set_bars(numbers.bars if numbers is not None else ())
        shown = f"{len(figures.top)} most frequent of {formats.number(figures.distinct)}"
        all_shown = len(figures.top) == figures.distinct
        self._often.setText(formats.count(figures.distinct, "value") if all_shown else f"{shown} values")
        self._often.setVisible(bool(figures.top))
        self.top.setVisible(bool(figures.top))
        whole = max((count for _, count in figures.top), default=0)
        self.top.set_bars(whole, tuple(_bar(text, count, figures.with_value) for text, count in figures.top))


def _bar(text: str, count: int, with_value: int) -> Bar:
    shown = formats.value(text)
    figure = f"{formats.number(count)}  {formats.share(count, with_value, 0)}"
    return Bar(shown, count, figure, f"{shown}: {formats.number(count)}")
