"""One broadcast: who gets it, what they get, and when (D-26)."""

from __future__ import annotations

from typing import Any

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_broadcasts import AskReach, Reach
from engage_desktop.document.rekey import rekey_broadcast
from engage_desktop.domain.message import Broadcast
from engage_desktop.domain.problem import Problem
from engage_desktop.ui import formats
from engage_desktop.ui.inspector.fields import ChoiceField, NumberField
from engage_desktop.ui.inspector.fields_log import ConditionField
from engage_desktop.ui.inspector.fields_time import InstantField
from engage_desktop.ui.inspector.goal_fields import GoalFields
from engage_desktop.ui.inspector.offered import OfferedNames
from engage_desktop.ui.pages.base import sides
from engage_desktop.ui.pages.broadcasts import list_time
from engage_desktop.ui.pages.item_page import ItemPage
from engage_desktop.ui.pages.key_rows import KeyRows
from engage_desktop.ui.pages.recipients import Recipients
from engage_desktop.ui.pages.variant_rows import VariantRows
from engage_desktop.ui.session import Session
from engage_desktop.ui.titles import message_choices, people_choices, stage_names
from engage_desktop.ui.widgets.common import Card, label, set_property

_GROUPS = (("Members of an audience", "audience"), ("Everybody who meets a condition", "condition"))
_ZONES = (("Everybody at this instant", "workspace"), ("Each when their own clock shows it", "profile"))
_OF_WHOLE = {"broadcast_group": "audience", "broadcast_message": "message", "broadcast_nobody": "exclude"}


class BroadcastPage(ItemPage[Broadcast]):
    """Edits the broadcast of one key; `people` is the list of its recipients."""

    def __init__(self, session: Session) -> None:
        words = "A broadcast: one message, once, to people who are found out once"
        super().__init__(session, "broadcast", words, rekey_broadcast)
        self.reach: Reach | None = None
        self.body.addWidget(self.problem_box("other"))
        self.body.addLayout(sides((self._who_card(), self._when_card()), (self._what_card(),)))
        self.people = Recipients(session)
        self.body.addWidget(self.people)
        self.body.addStretch(1)
        for signal in (session.run_changed, session.clock_changed):
            signal.connect(self.touch)

    def _who_card(self) -> Card:
        card = Card("broadcast.who.card", 12)
        self.group = ChoiceField("To", "broadcast.group", self._regroup, _GROUPS)
        self.audience = ChoiceField(
            "", "broadcast.audience", self.putter("audience", "the audience"), spoken="Audience"
        )
        self.condition = ConditionField(
            "", "broadcast.condition", self.putter("condition", "the condition"), optional=False,
            spoken="Everybody who",
        )  # fmt: skip
        self.exclude = KeyRows(
            "But not to members of", "broadcast.exclude", "Leave out an audience", "Nobody is left out.",
            lambda keys: self.put("Change who is left out", exclude=keys),
        )  # fmt: skip
        self.people_size = label("", "strong", "broadcast.size", wrap=True)
        self.counted = label("", "muted", "broadcast.counted", wrap=True)
        card.add(
            label("Who", "title"), self.group, self.audience, self.condition, self.exclude, self.people_size, self.counted,
            self.problem_box("who", "audience", "condition", "exclude"),
        )  # fmt: skip
        return card

    def _what_card(self) -> Card:
        card = Card("broadcast.what.card", 12)
        self.message = ChoiceField("Message", "broadcast.message", self.putter("message", "the message"))
        self.variants = VariantRows(lambda words, variants: self.put(words, variants=variants))
        self._offered = OfferedNames(self.session)
        self.goal = GoalFields(
            "broadcast.goal", lambda words, goal: self.put(words, goal=goal), within="Within, from sending on"
        )
        card.add(
            label("What", "title"), self.message, self.variants, label("Goal", "heading"), self.goal,
            self.problem_box("what", "message", "variants", "goal"),
        )  # fmt: skip
        return card

    def _when_card(self) -> Card:
        card = Card("broadcast.when.card", 12)
        self.at = InstantField("Day and time", "broadcast.at", self._put_at)
        self.zone = ChoiceField("Sent to", "broadcast.zone", self.putter("zone", "whose clock counts"), _ZONES)
        self.zone_words = label("", "muted", "broadcast.zone.words", wrap=True)
        self.throughput = NumberField(
            "At most this many an hour", "broadcast.throughput", self.putter("throughput", "the throughput"),
            hint="all at once",
        )  # fmt: skip
        self.priority = NumberField("Priority over other messages", "broadcast.priority", self._put_priority)
        self.stage = ChoiceField("Lifecycle stage", "broadcast.stage", self.putter("stage", "the lifecycle stage"))
        card.add(
            label("When", "title"), self.at, self.zone, self.zone_words, self.throughput, self.priority, self.stage,
            self.problem_box("when", "at", "zone", "throughput", "stage"),
        )  # fmt: skip
        return card

    # -- what is shown --------------------------------------------------------------------

    @property
    def item(self) -> Broadcast | None:
        return next((one for one in self.session.campaigns.broadcasts if one.key == self._key), None)

    def field_of(self, problem: Problem, root: str) -> str:
        return _OF_WHOLE.get(problem.code) or super().field_of(problem, root)

    def remake(self) -> None:
        self.exclude.remake()
        self.variants.remake()

    def load(self, item: Broadcast) -> None:
        campaigns = self.session.campaigns
        by_condition = item.condition is not None
        self.group.set_value("condition" if by_condition else "audience")
        people = people_choices(campaigns)
        self.audience.set_choices(people)
        self.audience.set_value(item.audience)
        self.audience.setVisible(not by_condition or item.audience is not None)
        self.condition.set_value(item.condition)
        self.condition.setVisible(by_condition)
        self.exclude.load(item.exclude, people, item.audience)
        messages = message_choices(campaigns)
        own = [("That of each variant", None), *messages] if item.variants else messages
        self.message.set_choices(own)
        self.message.set_value(item.message)
        self.variants.load(item.variants, [("The broadcast's message", None), *messages])
        self.at.set_zone(campaigns.workspace.timezone)
        self.at.set_value(item.at)
        self.zone.set_value(item.zone)
        self.throughput.set_value(item.throughput)
        self.priority.set_value(item.priority)
        self.goal.load(item.goal, self._offered.names())
        stages = [(name, key) for key, name in stage_names(campaigns).items()]
        self.stage.set_choices([("None", None), *stages])
        self.stage.set_value(item.stage)
        if self.reach is not None and self.reach.broadcast != item.key:
            self.reach = None
        self.people.show_broadcast(item)
        self._show_reach()
        self.touch()

    def refresh(self) -> None:
        """Ask how many it is meant for; until the answer is there the last one is grey."""
        self._show_reach()
        self.people.refresh()
        if self.item is not None and self.session.current:
            session = self.session
            session.latest("reach", lambda: AskReach(session.generation, self._key, session.at_us), self._take)

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Reach) and reply.broadcast == self._key:
            self.reach = reply
            self._show_reach()
            self.people.show_reach(reply)

    @property
    def reach_current(self) -> bool:
        reach, session = self.reach, self.session
        return session.current and reach is not None and reach.generation == session.generation

    def _show_reach(self) -> None:
        reach, zone = self.reach, self.session.zone
        for widget in (self.people_size, self.counted):
            set_property(widget, "stale", "false" if self.reach_current else "true")
            widget.setEnabled(self.reach_current)
        if reach is None:
            self.people_size.setText("–")
            self.counted.setText("How many that are is counted once the design can be replayed.")
            self.zone_words.setVisible(False)
            return
        out = f", {formats.number(reach.excluded)} of them left out" if reach.excluded else ""
        self.people_size.setText(f"{formats.count(reach.left, 'person', 'people')}")
        group = f"{formats.count(reach.group, 'person', 'people')} in the group{out}"
        inside = reach.list_us == reach.counted_us
        when = formats.instant(reach.counted_us, zone)
        self.counted.setText(
            f"{group}, when the list is made: {when}."
            if inside
            else f"{group} at the clock, {when}. Its own time lies outside the log, so this replay sends nothing."
        )
        item = self.item
        own = item is not None and item.zone == "profile" and reach.list_us is not None
        self.zone_words.setVisible(own)
        if own and reach.list_us is not None:
            self.zone_words.setText(
                f"The list is made when the first clock on earth shows this time: {formats.instant(reach.list_us, zone)}."
            )

    # -- editing --------------------------------------------------------------------------

    def _regroup(self, kind: Any) -> str | None:
        """The same people said the other way, where that can be."""
        item = self.item
        if item is None:
            return None
        if kind == "condition":
            text = f"audience('{item.audience}')" if item.audience else "event('Order Completed').count() >= 1"
            return self.put("Change who gets it", audience=None, condition=item.condition or text)
        people = people_choices(self.session.campaigns)
        if not people:
            return "There is no audience of people yet. Make one first."
        return self.put("Change who gets it", audience=item.audience or people[0][1], condition=None)

    def _put_at(self, value: Any) -> str | None:
        if value is None:
            return "A broadcast has a day and a time. Write one such as 2025-03-31 09:00."
        if list_time(value, self.session.zone) is None:
            return f"“{value}” is no day and time. Write one such as 2025-03-31 09:00."
        return self.put("Change when it is sent", at=value)

    def _put_priority(self, value: Any) -> str | None:
        return self.put("Change the priority", priority=0 if value is None else value)
