"""The rail's Content: the messages, and what sends them."""

from __future__ import annotations

from engage_desktop.domain.response import given_stages
from engage_desktop.ui.canvas.words import CHANNEL_TITLE
from engage_desktop.ui.pages.things import ThingsCard, ThingsPage
from engage_desktop.ui.session import Session
from engage_desktop.ui.titles import sent_by


class ContentPage(ThingsPage):
    def __init__(self, session: Session) -> None:
        card = ThingsCard(
            "content", "Messages", ("Name", "Channel", "Subject or text", "Sent by", "Responses"),
            "No message yet. Make the first one with “New message”; a journey's message step or a broadcast sends it.",
            stretch=2,
        )  # fmt: skip
        sentence = "What journeys and broadcasts send: e-mail, SMS, push, WhatsApp"
        super().__init__(session, "content", sentence, "message", card)

    def refresh(self) -> None:
        campaigns = self.session.campaigns
        rows: list[tuple[str, ...]] = []
        for one in campaigns.messages:
            used = sent_by(campaigns, one.key)
            said = " ".join((one.subject or one.title or one.text or one.body or "–").split())
            sends = "–" if not used else used[0] if len(used) == 1 else f"{used[0]} and {len(used) - 1} more"
            assumed = "assumed" if one.responses is not None and given_stages(one.responses) else "–"
            rows.append((one.name or one.key, CHANNEL_TITLE[one.channel], said[:120], sends, assumed))
        self.card.show_things([one.key for one in campaigns.messages], rows)
