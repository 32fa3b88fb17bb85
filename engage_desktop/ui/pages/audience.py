"""One audience: the condition in words, as text, and where it loses people."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent

from engage_desktop.app.protocol import AudienceFigures
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Audience, ListFile
from engage_desktop.ui import formats
from engage_desktop.ui.pages.definition import DefinitionPage
from engage_desktop.ui.pages.list_card import ListCard
from engage_desktop.ui.session import Session
from engage_desktop.ui.watch import AudienceWatch
from engage_desktop.ui.widgets.common import Card, label
from engage_desktop.ui.widgets.waterfall import Waterfall


def phrases(text: str) -> list[str]:
    """The top-level conditions of a text in words, each with how it is joined to the one before."""
    from engage_desktop.domain.condition import And  # late, with the parser
    from engage_desktop.language import parse_condition, phrase

    try:
        tree = parse_condition(text)
    except UserError:
        return []
    return [phrase(item) for item in (tree.items if isinstance(tree, And) else (tree,))]


class AudiencePage(DefinitionPage[Audience]):
    """Edits the audience that is followed by `watch`."""

    def __init__(self, session: Session, watch: AudienceWatch) -> None:
        self._watch = watch
        super().__init__(session, "audience", "An audience: people enter and leave as they meet these conditions")
        self.list_card = ListCard(session)
        self.list_card.edited.connect(self._edit_list)
        self.body.insertWidget(self.body.indexOf(self.text_card), self.list_card)
        lost = Card("audience.lost.card", 8)
        self._lost_title = label("Where people are lost", "title", "audience.lost.title")
        lost.body.addWidget(self._lost_title)
        self.waterfall = Waterfall()
        lost.body.addWidget(self.waterfall)
        self.body.addWidget(lost)
        self._lost = lost
        self.body.addStretch(1)
        watch.changed.connect(self._show_figures)

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        super().showEvent(event)
        self._watch.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:  # Qt's name
        super().hideEvent(event)
        self._watch.set_active(False)

    def show_audience(self, key: str) -> None:
        self.show_key(key)
        self._watch.follow(key)

    @property
    def item(self) -> Audience | None:
        return self.session.campaigns.audience(self._key)

    def _load(self) -> None:
        super()._load()
        audience = self.item
        if audience is None:
            return
        whom = formats.whom(audience.level)
        meet = "enter and leave as they meet these conditions"
        shown = "are in it from the instant the log first shows the identifier by which a list names them"
        self.sentence.setText(f"An audience: {whom.many} {meet if audience.list_ is None else shown}")
        self._lost_title.setText(f"Where {whom.many} are lost")
        for conditions in (self.words_card, self.text_card):
            conditions.setVisible(audience.list_ is None)
        self.list_card.setVisible(audience.list_ is not None)
        self.list_card.show_audience(audience)

    def show_words(self) -> None:
        audience, figures = self.item, self._watch.figures
        if audience is None:
            return
        found = phrases(audience.definition) if audience.definition else []
        kept = figures.waterfall[1:] if figures is not None and len(figures.waterfall) == len(found) + 1 else ()
        rows = []
        for at, text in enumerate(found):
            said = ""
            if kept:
                said = f"keeps {formats.number(kept[at].kept)}"
                if at == 0 and figures is not None:
                    said += f" of {formats.number(figures.people)}"
                elif not kept[at].lost:
                    said += " · loses nobody"
            first = "All accounts where" if audience.level == "account" else "All people who"
            rows.append((first if at == 0 else "and", text, said))
        self.put_words(rows, "The definition cannot be read yet.")

    def _edit_list(self, words: str, made: ListFile) -> None:
        audience = self.item
        if audience is not None and audience.list_ is not None:
            self._apply(words, audience.with_(list_=made))

    def _show_figures(self, figures: AudienceFigures | None) -> None:
        self._lost.setVisible(figures is not None and bool(figures.waterfall))
        if figures is not None:
            self.waterfall.set_rows(figures.people, figures.waterfall)
            self.show_words()
