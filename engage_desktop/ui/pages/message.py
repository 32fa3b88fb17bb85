"""One message: its channel and texts, to whom it may go, and how people are assumed to answer it."""

from __future__ import annotations

from typing import Any

from engage_desktop.document.rekey import rekey_message
from engage_desktop.domain.message import Message
from engage_desktop.domain.response import Responses
from engage_desktop.ui.canvas.words import CHANNEL_TITLE
from engage_desktop.ui.inspector.fields import ChoiceField, Field, NumberField, TextField
from engage_desktop.ui.inspector.fields_text import LongTextField
from engage_desktop.ui.inspector.goal_fields import GoalFields
from engage_desktop.ui.inspector.offered import OfferedNames
from engage_desktop.ui.inspector.responses import Offers, ResponsesForm
from engage_desktop.ui.pages.base import sides
from engage_desktop.ui.pages.item_page import ItemPage
from engage_desktop.ui.session import Session
from engage_desktop.ui.titles import people_choices, sent_by
from engage_desktop.ui.widgets.common import Card, KindPill, label, row

_CHANNELS = tuple((name, key) for key, name in CHANNEL_TITLE.items())
_SEND_TO = (("Those who subscribed", "subscribed"), ("Everybody: receipts and the like", "all"))
_TEXTS = {
    "email": ("subject", "preheader", "from_", "reply_to", "body", "text"),
    "sms": ("from_", "body", "media_url"),
    "push": ("title", "body", "media_url", "action"),
    "whatsapp": ("from_", "body", "media_url"),
}
"""Fields of a channel in order; one that is filled all the same is shown too."""


class MessagePage(ItemPage[Message]):
    """Edits the message of one key."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "message", "A message that journeys and broadcasts send", rekey_message)
        self.body.addWidget(self.problem_box("other"))
        self.body.addLayout(sides((self._sending_card(), self._goal_card()), (self._text_card(),), (2, 3)))
        self.body.addWidget(self._responses_card())
        self.body.addStretch(1)
        session.log_changed.connect(lambda _log: self._load())

    def _sending_card(self) -> Card:
        card = Card("message.sending.card", 12)
        self.channel = ChoiceField("Channel", "message.channel", self.putter("channel", "the channel"), _CHANNELS)
        self.send_to = ChoiceField("Goes to", "message.send_to", self.putter("send_to", "to whom it goes"), _SEND_TO)
        self.group = TextField(
            "Subscription group", "message.group", self.putter("subscription_group", "the subscription group"),
            hint="none: the channel alone decides",
        )  # fmt: skip
        self.price = NumberField("Price of one", "message.price", self.putter("price", "the price"), hint="not counted")
        self.used = label("", "muted", "message.used", wrap=True)
        card.add(
            label("Sending", "title"), self.channel, self.send_to, self.group, self.price, self.used,
            self.problem_box("sending", "channel", "send_to", "subscription_group", "price"),
        )  # fmt: skip
        return card

    def _goal_card(self) -> Card:
        card = Card("message.goal.card", 12)
        self._offered = OfferedNames(self.session)
        self.goal = GoalFields(
            "message.goal", lambda words, goal: self.put(words, goal=goal), within="Within, from sending on"
        )
        card.add(label("Goal", "title"), self.goal, self.problem_box("goal", "goal"))
        return card

    def _text_card(self) -> Card:
        card = Card("message.text.card", 12)
        self.texts: dict[str, Field] = {}
        for field, title in (
            ("subject", "Subject"), ("title", "Title"), ("preheader", "Preview line"), ("from_", "From"),
            ("reply_to", "Replies go to"),
        ):  # fmt: skip
            self.texts[field] = TextField(title, f"message.{field.rstrip('_')}", self._put_text(field, title))
        self.texts["body"] = LongTextField("Body", "message.body", self._put_text("body", "body"), lines=8)
        self.texts["text"] = LongTextField("Plain text", "message.text", self._put_text("text", "plain text"), lines=4)
        for field, title in (("media_url", "Picture or file"), ("action", "Opens")):
            self.texts[field] = TextField(title, f"message.{field}", self._put_text(field, title), hint="https://")
        box = self.problem_box("text", *(field.rstrip("_") for field in self.texts))
        card.add(label("Text", "title"), *self.texts.values(), box)
        return card

    def _responses_card(self) -> Card:
        card = Card("message.responses.card", 12)
        kind = KindPill("message.responses.kind")
        kind.show_kind("assumed")
        card.body.addLayout(row(label("Responses", "title"), kind, "stretch"))
        says = label(
            "Nobody knows these before sending: what you type here is assumed, and every figure that rests on it says so. "
            "Each response is a share of those who did the one before it.",
            "muted", "message.responses.words", wrap=True,
        )  # fmt: skip
        self.responses = ResponsesForm("message.responses", self._put_responses, wide=True)
        card.add(says, self.responses, self.problem_box("responses", "responses"))
        return card

    # -- what is shown --------------------------------------------------------------------

    @property
    def item(self) -> Message | None:
        return self.session.campaigns.message(self._key)

    def remake(self) -> None:
        self.responses.remake()

    def load(self, item: Message) -> None:
        campaigns, log = self.session.campaigns, self.session.workbench.log
        self.channel.set_value(item.channel)
        self.send_to.set_value(item.send_to)
        self.group.set_value(item.subscription_group)
        self.group.setVisible(item.channel == "email" or item.subscription_group is not None)
        self.price.set_value(item.price)
        self.goal.load(item.goal, self._offered.names())
        used = sent_by(campaigns, item.key)
        self.used.setText(f"Sent by {', '.join(used)}." if used else "Nothing sends it yet.")
        for field, made in self.texts.items():
            made.set_value(getattr(item, field))
            made.setVisible(field in _TEXTS[item.channel] or getattr(item, field) is not None)
        offers = Offers(people_choices(campaigns), log.event_counts if log else {})
        self.responses.load(item.responses or Responses(), offers)

    # -- editing --------------------------------------------------------------------------

    def _put_text(self, field: str, title: str) -> Any:
        return self.putter(field, f"the {title.lower()}")

    def _put_responses(self, words: str, model: Responses) -> str | None:
        return self.put(words, responses=None if model == Responses() else model)
