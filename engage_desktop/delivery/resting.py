"""Which campaigns stand behind what leaves: they set the traits or send the messages that it asks for (D-39).

An audience of those who were sent a mail tells the world what campaigns did; none of them may be a draft then. Answers are
left out: they are assumed, and what rests on them never leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from engage_desktop.domain.step import Send

if TYPE_CHECKING:
    from engage_desktop.engine import Run

Campaign = tuple[str, str]
"""Kind and key."""


def resting_on(run: Run, told: Iterable[Campaign], destination: str) -> list[Campaign]:
    """The journeys and broadcasts of the run, in file order, on which those that are `told` to the destination rest, at
    once or through each other."""
    from engage_desktop.engine.coupling import Reads, read_by

    plan = run.plan
    makers = dict(_makers(run))
    asked: dict[Campaign, Iterator[object]] = {one: _asked(run, one, destination) for one in (*told, *makers)}
    found: set[Campaign] = set()
    waiting = list(told)
    while waiting:
        names = frozenset[str]()
        for what in asked[waiting.pop()]:
            reads = Reads(frozenset({what})) if isinstance(what, str) else read_by(what, plan.meanings)
            names |= reads.all
        more = [one for one, made in makers.items() if one not in found and not made.isdisjoint(names)]
        found.update(more)
        waiting += [one for one in more if one not in told]
    return [one for one in makers if one in found]


def _makers(run: Run) -> Iterator[tuple[Campaign, frozenset[str]]]:
    """What each campaign of the run makes that rests on no assumption: traits, and events of messages that were sent."""
    from engage_desktop.engine.coupling import written_by
    from engage_desktop.engine.responses import sent_event
    from engage_desktop.engine.sends import messages_of

    for journey in run.plan.journeys:
        if run.only is None or journey.journey.key in run.only:
            sent = (sent_event(step.compiled.message.spec.channel_name) for step in messages_of(journey))
            yield ("journey", journey.journey.key), written_by(journey).union(sent)
    for broadcast in run.plan.broadcasts:
        if run.only is None or broadcast.key in run.only:
            channels = (one.message.spec.channel_name for one in broadcast.variants if not one.holdout)
            yield ("broadcast", broadcast.key), frozenset(map(sent_event, channels))


def _asked(run: Run, one: Campaign, destination: str) -> Iterator[object]:
    """What decides who is told of a campaign, and the traits that go along."""
    kind, key = one
    plan = run.plan
    traits: list[str] = []
    if kind == "audience":
        audience, spec = plan.audience(key), plan.campaigns.audience(key)
        assert audience is not None
        assert spec is not None
        yield audience.member
        traits += [name for sync in spec.sync if sync.destination == destination for name in sync.traits]
    elif kind == "broadcast":
        yield next(one for one in plan.broadcasts if one.key == key)
    else:
        journey = next(one for one in plan.journeys if one.journey.key == key)
        yield journey
        traits += [name for step in journey.journey.steps if isinstance(step, Send) for name in step.traits]
    for name in traits:
        computed = plan.computed(name)
        yield name if computed is None else computed
