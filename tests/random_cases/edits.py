"""Random edits of a design, made as the window makes them: operations of the document on journeys, audiences, traits."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from engage_desktop.document import (
    EditRefused,
    OutputRef,
    add_branch,
    connect,
    delete_steps,
    disconnect,
    insert_on_wire,
    move_branch,
    new_step,
    remove_branch,
    rename_step_key,
    set_branch,
    set_entry_fields,
    set_fields,
    set_journey_fields,
    with_fields,
)
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import StepBase, outputs
from tests.random_cases.conditions import EVENTS, Names, Writer, recent

DURATIONS = ("30m", "1h", "1h30m", "2h", "3h", "5h")
Change = Callable[[Campaigns], Campaigns]


class Editor:
    """Edits designs of random cases; conditions name what the design holds. `steps`: edits of steps alone."""

    def __init__(self, rng: random.Random, *, steps: bool = False) -> None:
        self.rng, self.writer, self.steps = rng, Writer(rng), steps
        self.made = 0

    def edit(self, campaigns: Campaigns) -> tuple[str, Campaigns]:
        """The name of an edit and the design after it, which is another one; whether it can run is not asked."""
        while True:
            change = self.rng.choice(OF_A_JOURNEY if campaigns.journeys and self.rng.random() < 0.75 else OF_THE_DESIGN)
            if self.steps:
                change = self.rng.choice(OF_STEPS)
            try:
                found = change(self, campaigns)
            except EditRefused:
                continue
            if found != campaigns:
                return change.__name__, found

    # -- pieces ----------------------------------------------------------------------------

    def names(self, campaigns: Campaigns) -> Names:
        return Names(
            tuple(one.key for one in campaigns.audiences if one.level == "user"),
            tuple(one.key for one in campaigns.traits if one.level == "user"),
            tuple(one.key for one in campaigns.audiences if one.level == "account"),
        )

    def condition(self, campaigns: Campaigns) -> str:
        return recent(self.rng) if self.rng.random() < 0.5 else self.writer.condition(self.names(campaigns))

    def fresh(self) -> str:
        self.made += 1
        return f"new{self.made}"

    def in_journey(self, campaigns: Campaigns, change: Callable[[Journey], Journey]) -> Campaigns:
        at = self.rng.randrange(len(campaigns.journeys))
        journeys = list(campaigns.journeys)
        journeys[at] = change(journeys[at])
        return campaigns.with_(journeys=tuple(journeys))

    def step(self, journey: Journey, *types: str) -> StepBase:
        found = [step for step in journey.steps if not types or step.type in types]
        if not found:
            raise EditRefused("There is no such step.")
        return self.rng.choice(found)

    def branch(self, step: StepBase) -> str:
        keys = [branch.key for branch in getattr(step, "branches", ())]
        if not keys:
            raise EditRefused("There is no branch.")
        return self.rng.choice(keys)

    def output(self, journey: Journey) -> OutputRef:
        step = self.step(journey)
        found = [OutputRef(step.key, one.branch) for one in outputs(step)]
        if not found:
            raise EditRefused("There is no output.")
        return self.rng.choice(found)

    # -- edits of a journey ----------------------------------------------------------------

    def set_a_duration(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            step = self.step(journey, "delay", "hold", "wait", "ad")
            field = {"delay": "duration", "ad": "remove_after"}.get(step.type, "timeout")
            return set_fields(journey, step.key, **{field: self.rng.choice(DURATIONS)})

        return self.in_journey(campaigns, change)

    def set_a_condition(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            step = self.step(journey, "wait", "split", "fork")
            if step.type == "wait":
                return set_fields(journey, step.key, condition=self.condition(campaigns))
            return set_branch(journey, step.key, self.branch(step), condition=self.condition(campaigns))

        return self.in_journey(campaigns, change)

    def set_a_listener(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            step = self.step(journey, "hold")
            event = self.rng.choice(EVENTS)
            where = self.rng.choice((None, self.writer.where(self.names(campaigns), top=True)))
            return set_branch(journey, step.key, self.branch(step), event=event, where=where)

        return self.in_journey(campaigns, change)

    def set_shares(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            step = self.step(journey, "random")
            branches: list[Any] = list(getattr(step, "branches"))  # noqa: B009 - a random split has them
            if self.rng.random() < 0.3:
                return set_fields(journey, step.key, sticky=not getattr(step, "sticky"))  # noqa: B009
            if len(branches) < 2:
                raise EditRefused("One branch takes all.")
            one, other = self.rng.sample(range(len(branches)), 2)
            moved = min(branches[one].percent, 10)
            branches[one] = branches[one].with_(percent=branches[one].percent - moved)
            branches[other] = branches[other].with_(percent=branches[other].percent + moved)
            return set_fields(journey, step.key, branches=branches)

        return self.in_journey(campaigns, change)

    def set_a_message(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            step = self.step(journey, "message")
            fields = {
                "message": self.rng.choice(campaigns.messages).key,
                "when_not_sent": self.rng.choice(("leave", "continue")),
                "priority": self.rng.choice((0, 1, 5)),
            }
            name = self.rng.choice(list(fields))
            return set_fields(journey, step.key, **{name: fields[name]})

        return self.in_journey(campaigns, change)

    def set_an_outcome(self, campaigns: Campaigns) -> Campaigns:
        return self.in_journey(
            campaigns,
            lambda journey: set_fields(journey, self.step(journey, "end").key, outcome=self.rng.choice(("won", "new"))),
        )

    def insert_a_step(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            kind = self.rng.choice(("delay", "hold", "wait", "split", "random", "message", "send", "end"))
            fields: dict[str, Any] = {}
            if kind == "message":
                fields = {"message": self.rng.choice(campaigns.messages).key}
            elif kind == "send":
                fields = {"destination": "crm"}
            elif kind == "wait":
                fields = {"condition": self.condition(campaigns), "timeout": self.rng.choice(DURATIONS)}
            step = new_step(kind, self.fresh(), **fields)
            if kind == "delay":
                step = with_fields(step, duration=self.rng.choice(DURATIONS))
            ref = OutputRef("@entry", None) if self.rng.random() < 0.15 else self.output(journey)
            return insert_on_wire(journey, ref, step)

        return self.in_journey(campaigns, change)

    def delete_a_step(self, campaigns: Campaigns) -> Campaigns:
        return self.in_journey(campaigns, lambda journey: delete_steps(journey, (self.step(journey).key,)))

    def rewire(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            ref = self.output(journey)
            if self.rng.random() < 0.2:
                return disconnect(journey, ref)
            return connect(journey, ref, self.step(journey).key)

        return self.in_journey(campaigns, change)

    def reorder_steps(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            return set_journey_fields(journey, steps=self.rng.sample(journey.steps, len(journey.steps)))

        return self.in_journey(campaigns, change)

    def rename_a_step(self, campaigns: Campaigns) -> Campaigns:
        return self.in_journey(
            campaigns, lambda journey: rename_step_key(journey, self.step(journey).key, self.fresh())
        )

    def change_branches(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            step = self.step(journey, "hold", "split", "fork", "random")
            match self.rng.randrange(4):
                case 0 if step.type != "random":
                    fields = {"event": self.rng.choice(EVENTS)}
                    if step.type != "hold":
                        fields = {"condition": self.condition(campaigns)}
                    journey = add_branch(journey, step.key, **fields)
                    added = getattr(journey.by_key[step.key], "branches")[-1].key  # noqa: B009 - it has one more
                    return connect(journey, OutputRef(step.key, added), self.step(journey).key)
                case 1:
                    return remove_branch(journey, step.key, self.branch(step))
                case 2:
                    return move_branch(journey, step.key, self.branch(step), self.rng.randrange(3))
            return set_branch(journey, step.key, self.branch(step), key=self.fresh())

        return self.in_journey(campaigns, change)

    def set_the_entry(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            match journey.entry.type:
                case "event":
                    fields: dict[str, Any] = {"where": self.writer.where(self.names(campaigns), top=True)}
                    if self.rng.random() < 0.3:
                        fields = {"where": None}
                    if self.rng.random() < 0.3:
                        fields = {"audience": self.rng.choice([*campaigns.audiences]).key}
                    if self.rng.random() < 0.15:
                        fields = {"event": self.rng.choice(EVENTS)}
                case "audience":
                    fields = {"condition": self.condition(campaigns), "audience": None}
                    if self.rng.random() < 0.3:
                        fields = {"include_existing": not getattr(journey.entry, "include_existing")}  # noqa: B009
                case _:
                    fields = {"condition": self.rng.choice((None, self.condition(campaigns)))}
            if self.rng.random() < 0.15:
                fields |= {"reentry": {"mode": self.rng.choice(("once", "every"))}}
            return set_entry_fields(journey, **fields)

        return self.in_journey(campaigns, change)

    def set_exits(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            exits = list(journey.exits)
            made = self.rng.choice((
                {"key": self.fresh(), "event": self.rng.choice(EVENTS)},
                {"key": self.fresh(), "after": self.rng.choice(DURATIONS)},
                {"key": self.fresh(), "condition": self.condition(campaigns)},
            ))  # fmt: skip
            match self.rng.randrange(4):
                case 0 if exits:
                    exits.pop(self.rng.randrange(len(exits)))
                case 1 if exits:
                    self.rng.shuffle(exits)
                case 2 if exits and exits[-1].after:
                    exits[-1] = exits[-1].with_(after=self.rng.choice(DURATIONS))
                case _:
                    exits.insert(self.rng.randrange(len(exits) + 1), made)  # type: ignore[arg-type]  # checked by the model
            return set_journey_fields(journey, exits=exits)

        return self.in_journey(campaigns, change)

    def set_the_journey(self, campaigns: Campaigns) -> Campaigns:
        def change(journey: Journey) -> Journey:
            fields: dict[str, Any] = {
                "priority": self.rng.randrange(3), "name": self.fresh(), "starts": None, "ends": None,
            }  # fmt: skip
            name = self.rng.choice(list(fields))
            return set_journey_fields(journey, **{name: fields[name]})

        return self.in_journey(campaigns, change)

    # -- edits of the design ---------------------------------------------------------------

    def define_an_audience(self, campaigns: Campaigns) -> Campaigns:
        at = self.rng.randrange(len(campaigns.audiences))
        audiences = list(campaigns.audiences)
        if audiences[at].level == "account" or audiences[at].definition is None:
            raise EditRefused("Of users, by a definition.")
        fields: dict[str, Any] = {"definition": recent(self.rng)}
        if self.rng.random() < 0.2:
            fields = {"include_anonymous": not audiences[at].include_anonymous}
        audiences[at] = with_fields(audiences[at], **fields)
        return campaigns.with_(audiences=tuple(audiences))

    def define_a_trait(self, campaigns: Campaigns) -> Campaigns:
        if not campaigns.traits:
            raise EditRefused("There is none.")
        at = self.rng.randrange(len(campaigns.traits))
        traits = list(campaigns.traits)
        traits[at] = with_fields(traits[at], definition=self.writer.definition(Names()))
        return campaigns.with_(traits=tuple(traits))

    def add_or_remove_an_audience(self, campaigns: Campaigns) -> Campaigns:
        audiences = list(campaigns.audiences)
        if self.rng.random() < 0.4:
            audiences.pop(self.rng.randrange(len(audiences)))
        else:
            one = self.rng.choice(audiences)
            audiences.insert(self.rng.randrange(len(audiences) + 1), one.with_(key=self.fresh()))
        return campaigns.with_(audiences=tuple(audiences))

    def add_or_remove_a_journey(self, campaigns: Campaigns) -> Campaigns:
        journeys = list(campaigns.journeys)
        if journeys and self.rng.random() < 0.5:
            journeys.pop(self.rng.randrange(len(journeys)))
        elif journeys:
            copy = self.rng.choice(journeys).with_(key=self.rng.choice("amz") + self.fresh())
            journeys.insert(self.rng.randrange(len(journeys) + 1), copy)
        return campaigns.with_(journeys=tuple(journeys))

    def reorder(self, campaigns: Campaigns) -> Campaigns:
        journeys = self.rng.sample(campaigns.journeys, len(campaigns.journeys))
        audiences = self.rng.sample(campaigns.audiences, len(campaigns.audiences))
        return campaigns.with_(journeys=tuple(journeys), audiences=tuple(audiences))

    def set_the_surroundings(self, campaigns: Campaigns) -> Campaigns:
        match self.rng.randrange(3):
            case 0:
                zone = self.rng.choice(("UTC", "Europe/Berlin", "America/New_York"))
                return campaigns.with_(workspace=with_fields(campaigns.workspace, timezone=zone))
            case 1:
                policy = {"unknown": self.rng.choice(("hold", "assume"))}
                name = self.rng.choice(("address", "subscription"))
                return campaigns.with_(policies=with_fields(campaigns.policies, **{name: policy}))
        at = self.rng.randrange(len(campaigns.messages))
        messages = list(campaigns.messages)
        messages[at] = with_fields(messages[at], channel=self.rng.choice(("email", "sms", "push")))
        return campaigns.with_(messages=tuple(messages))


OF_STEPS = (
    Editor.set_a_duration, Editor.set_a_duration, Editor.set_a_condition, Editor.set_a_condition, Editor.set_a_listener,
    Editor.set_shares, Editor.set_a_message, Editor.set_an_outcome, Editor.insert_a_step, Editor.delete_a_step, Editor.rewire,
    Editor.reorder_steps, Editor.rename_a_step, Editor.change_branches,
)  # fmt: skip
OF_A_JOURNEY = (
    *OF_STEPS, Editor.set_the_entry, Editor.set_the_entry, Editor.set_exits, Editor.set_exits, Editor.set_the_journey,
)  # fmt: skip
OF_THE_DESIGN = (
    Editor.define_an_audience, Editor.define_an_audience, Editor.define_a_trait, Editor.add_or_remove_an_audience,
    Editor.add_or_remove_a_journey, Editor.reorder, Editor.set_the_surroundings,
)  # fmt: skip
