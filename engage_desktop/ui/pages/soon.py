"""Pages whose subject this version does not have yet: what will be there, and what to use now."""

from __future__ import annotations

from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, label

TEXTS = {
    "broadcasts": (
        "Broadcasts",
        "One message to one audience at one time: the list it would reach, and each person it would not, with the reason. "
        "This version reads and keeps broadcasts of a campaign file but does not replay them. Until then, make a journey with audience entry and a message step: it reaches the same people when they join.",
    ),
    "content": (
        "Content",
        "E-mail, SMS, push and WhatsApp texts with merge fields, rendered for any person of the log. "
        "This version keeps the messages of a campaign file and counts who would get them, but does not edit or preview them. Until then, edit a message's subject and body in the campaign file; the step that sends it is edited in its journey.",
    ),
}


class SoonPage(Page):
    def __init__(self, session: Session, key: str) -> None:
        title, text = TEXTS[key]
        super().__init__(session, key, title)
        self.sentence.setText("Not in this version")
        card = Card(f"{key}.card")
        card.body.addWidget(label(text, name=f"{key}.text", wrap=True))
        self.body.addWidget(card)
        self.body.addStretch(1)
