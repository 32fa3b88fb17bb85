"""The policies of the workspace: what every message of every campaign obeys (D-22..D-24)."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from engage_desktop.document.change import Change, put
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.workspace import CHANNELS, Holdout, Policies, UnknownPolicy
from engage_desktop.ui.canvas.words import CHANNEL_TITLE
from engage_desktop.ui.inspector.edits import sentence
from engage_desktop.ui.inspector.fields import ChoiceField, Field, NumberField, TextField, side_by_side
from engage_desktop.ui.inspector.fields_duration import DurationField
from engage_desktop.ui.pages.base import Page, sides
from engage_desktop.ui.pages.key_rows import KeyRows
from engage_desktop.ui.pages.policy_rows import CapRows, HoursRows, WindowRow
from engage_desktop.ui.problems import ProblemBox
from engage_desktop.ui.session import Session
from engage_desktop.ui.titles import people_choices
from engage_desktop.ui.widgets.common import Card, label

_UNKNOWN = (("Hold the message back", "hold"), ("Assume that it may go", "assume"))


class PoliciesPage(Page):
    """Each edit is one change of the policies."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, "policies", "Policies", "What every message of every journey and broadcast obeys, in this order"
        )
        self._boxes: dict[str, ProblemBox] = {}
        left = (self._unknown_card(), self._consent_card(), self._people_card())
        self.body.addLayout(sides(left, (self._hours_card(), self._caps_card())))
        self.body.addStretch(1)
        session.document_changed.connect(self.touch)
        session.run_changed.connect(lambda _run: self._show_problems())
        session.trust.changed.connect(self._show_problems)

    def _box(self, *fields: str) -> ProblemBox:
        made = ProblemBox(f"policies.{fields[0]}.problems")
        made.fix_asked.connect(self.session.trust.fix)
        self._boxes |= dict.fromkeys(fields, made)
        return made

    def _unknown_card(self) -> Card:
        card = Card("policies.unknown.card", 12)
        self.address = ChoiceField(
            "Of an address never shown", "policies.address", self._put_unknown("address"), _UNKNOWN
        )
        self.subscription = ChoiceField(
            "Of a subscription never told", "policies.subscription", self._put_unknown("subscription"), _UNKNOWN
        )
        says = "What goes by assumption is called assumed wherever it is counted, and never leaves in a sync."
        title = label("Where the log knows nothing", "title")
        card.add(title, self.address, self.subscription, label(says, "muted", wrap=True))
        return card

    def _people_card(self) -> Card:
        card = Card("policies.people.card", 12)
        self.suppression = KeyRows(
            "Members of", "policies.suppression", "Suppress an audience", "Nobody is suppressed.",
            lambda keys: self.put("Change who is suppressed", suppression=keys),
        )  # fmt: skip
        self.percent = NumberField("Held out, percent of people", "policies.holdout", self._put_percent, hint="nobody")
        self.held_out = ChoiceField("Of", "policies.holdout.audience", self._put_held_out, spoken="Held out of")
        holdout = side_by_side(self.percent, self.held_out)
        says = "Held out people get no message of any campaign: against them the others can be measured."
        card.add(
            label("Never sent to", "title"), self.suppression, holdout, label(says, "muted", wrap=True),
            self._box("suppression", "holdout"),
        )  # fmt: skip
        return card

    def _consent_card(self) -> Card:
        card = Card("policies.consent.card", 12)
        says = "A channel with a category goes only to people whose latest preferences allow that category."
        self.consent: dict[str, Field] = {
            channel: TextField(CHANNEL_TITLE[channel], f"policies.consent.{channel}", self._put_consent(channel), hint="not asked")
            for channel in CHANNELS
        }  # fmt: skip
        names = list(self.consent.values())
        card.add(
            label("Consent", "title"), label(says, "muted", wrap=True), side_by_side(*names[:2]),
            side_by_side(*names[2:]), self._box("consent"),
        )  # fmt: skip
        return card

    def _hours_card(self) -> Card:
        card = Card("policies.hours.card", 12)
        says = "By the clock of each person: what is due inside them waits until they end, or is dropped."
        self.hours = HoursRows(lambda words, rows: self.put(words, quiet_hours=rows))
        self.window_row = WindowRow(lambda words, hours: self.put(words, send_window=hours))
        card.add(
            label("Quiet hours", "title"), label(says, "muted", wrap=True), self.hours, self._box("quiet_hours"), label("Send window", "title"),
            label("A channel is sent between these times only.", "muted", wrap=True), self.window_row,
            self._box("send_window"),
        )  # fmt: skip
        return card

    def _caps_card(self) -> Card:
        card = Card("policies.caps.card", 12)
        says = "So many messages a person gets in any such time, over all campaigns; those of higher priority go first."
        self.caps = CapRows(lambda words, rows: self.put(words, caps=rows))
        self.max_wait = DurationField(
            "A message that waits is dropped after", "policies.max_wait",
            lambda value: self.put("Change how long a message may wait", max_wait=value),
        )  # fmt: skip
        card.add(
            label("Frequency caps", "title"), label(says, "muted", wrap=True), self.caps, self._box("caps"),
            self.max_wait, self._box("max_wait"),
        )  # fmt: skip
        return card

    # -- what is shown --------------------------------------------------------------------

    def theme_changed(self) -> None:
        for rows in (self.suppression, self.hours, self.caps):
            rows.remake()
        self.refresh()

    def refresh(self) -> None:
        policies, people = self.session.campaigns.policies, people_choices(self.session.campaigns)
        self.address.set_value(policies.address.unknown)
        self.subscription.set_value(policies.subscription.unknown)
        self.suppression.load(policies.suppression, people)
        holdout = policies.holdout
        self.percent.set_value(holdout.percent if holdout else None)
        self.held_out.set_choices([("everybody", None), *people])
        self.held_out.set_value(holdout.audience if holdout else None)
        self.held_out.setEnabled(holdout is not None)
        for channel, made in self.consent.items():
            made.set_value(policies.consent.get(channel))
        self.hours.load(policies.quiet_hours)
        self.window_row.load(policies.send_window)
        self.caps.load(policies.caps)
        self.max_wait.set_value(policies.max_wait)
        self._show_problems()

    def _show_problems(self) -> None:
        by_box: dict[ProblemBox, list[Problem]] = {box: [] for box in self._boxes.values()}
        for problem in self.session.problems("policies"):
            field = problem.path.split(".")[1]
            if field in self._boxes:
                by_box[self._boxes[field]].append(problem)
        for box, problems in by_box.items():
            box.show_problems(tuple(problems))

    # -- editing --------------------------------------------------------------------------

    @property
    def _policies(self) -> Policies:
        return self.session.campaigns.policies

    def put(self, words: str, **fields: object) -> str | None:
        """Set fields of the policies in one change; None, or the sentence that refuses them."""
        campaigns = self.session.campaigns
        try:
            changed = campaigns.policies.with_(**fields)
            self.session.document.apply(Change(words, (put(campaigns, "policies", changed),)))
        except (UserError, ValidationError, ValueError) as error:
            return sentence(error)
        return None

    def _put_unknown(self, field: str) -> Any:
        words = f"Change what is done where the {field} is unknown"
        return lambda value: self.put(words, **{field: UnknownPolicy(unknown=value)})

    def _put_percent(self, value: Any) -> str | None:
        if value is None:
            return self.put("Remove the holdout", holdout=None)
        try:
            before = self._policies.holdout
            holdout = before.with_(percent=value) if before else Holdout(percent=value)
        except ValidationError as error:
            return sentence(error)
        return self.put("Change the holdout", holdout=holdout)

    def _put_held_out(self, value: Any) -> str | None:
        holdout = self._policies.holdout
        return None if holdout is None else self.put("Change who is held out", holdout=holdout.with_(audience=value))

    def _put_consent(self, channel: str) -> Any:
        def change(value: Any) -> str | None:
            consent = {key: category for key, category in self._policies.consent.items() if key != channel}
            if value is not None:
                consent[channel] = value
            ordered = {key: consent[key] for key in (*CHANNELS, *consent) if key in consent}
            return self.put(f"Change the consent of {CHANNEL_TITLE[channel]}", consent=ordered)

        return change
