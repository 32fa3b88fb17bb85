"""What stands between a message that is due and a message that is sent, understood (D-22..D-24, D-34)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.message import Message
from engage_desktop.domain.workspace import CHANNELS, Policies, QuietHours
from engage_desktop.engine.arrays import AnyArray, Mask
from engage_desktop.engine.calendar import clock_us
from engage_desktop.engine.definitions import Constant, Node

Named = Callable[[str, str], Node]
"""An audience by its key; the path says where it is named."""
Fault = Callable[[str, str, str, str], None]


@dataclass(frozen=True)
class MessageSpec:
    """What of a message its eligibility depends on; `channel` is a place in CHANNELS."""

    channel: int
    check_subscription: bool
    group: str | None

    @property
    def channel_name(self) -> str:
        return CHANNELS[self.channel]


@dataclass(frozen=True)
class Quiet:
    """A part of the day in which nothing is sent on a channel: from `start_us` to `end_us` after midnight."""

    channel: int
    start_us: int
    end_us: int
    drop: bool

    def forbids(self, clock: AnyArray) -> Mask:
        """`clock`: microseconds after midnight. Never where both ends are one (D-54)."""
        late, early = clock >= self.start_us, clock < self.end_us
        found: Mask = (late & early) if self.start_us <= self.end_us else (late | early)
        return found


@dataclass(frozen=True)
class Cap:
    """At most `most` messages in (t - `per_us`, t] on a channel, None for all together."""

    channel: int | None
    most: int
    per_us: int
    defer: bool

    def counts(self, channel: AnyArray) -> Mask:
        found: Mask = (channel == self.channel) if self.channel is not None else (channel >= 0)
        return found


@dataclass(frozen=True)
class PlanPolicies:
    """The policies of a plan. `quiet` in the order in which they are looked at, send windows as what is outside them."""

    assume_address: bool = False
    assume_subscription: bool = False
    suppression: tuple[Node, ...] = ()
    holdout: float = 0.0
    holdout_of: Node | None = None
    consent: tuple[tuple[int, str], ...] = ()
    quiet: tuple[Quiet, ...] = ()
    caps: tuple[Cap, ...] = ()
    max_wait_us: int = 0

    @property
    def own_zone(self) -> bool:
        """Whether a message's fate hangs on the zone of its person (`coupling`)."""
        return bool(self.quiet)

    @property
    def assumes(self) -> bool:
        return self.assume_address or self.assume_subscription


def spec_of(message: Message | None) -> MessageSpec:
    if message is None:  # a fault that is told elsewhere
        return MessageSpec(0, check_subscription=True, group=None)
    group = message.subscription_group
    return MessageSpec(CHANNELS.index(message.channel), message.send_to == "subscribed", group)


def compile_policies(policies: Policies, audience: Named, fault: Fault) -> PlanPolicies:
    """`fault(code, path, sentence, mend)` hears of what cannot be understood."""
    windows = list(policies.quiet_hours)
    quiet = [_quiet(one, f"policies.quiet_hours.{place}", fault) for place, one in enumerate(windows)]
    if policies.send_window is not None:
        inside = _quiet(policies.send_window, "policies.send_window", fault)
        quiet.append(Quiet(inside.channel, inside.end_us, inside.start_us, inside.drop))
    caps = []
    for place, one in enumerate(policies.caps):
        per = parse_duration(one.per)
        if one.max < 1 or per <= 0:
            fault("cap", f"policies.caps.{place}", "A cap lets at least one message pass in some time.",
                  "Give a max of 1 or more and a time above zero.")  # fmt: skip
        channel = None if one.channel is None else CHANNELS.index(one.channel)
        caps.append(Cap(channel, max(one.max, 1), max(per, 1), one.when_capped == "defer"))
    holdout = policies.holdout
    of = None if holdout is None or holdout.audience is None else audience(holdout.audience, "policies.holdout")
    return PlanPolicies(
        policies.address.unknown == "assume",
        policies.subscription.unknown == "assume",
        tuple(audience(key, f"policies.suppression.{place}") for place, key in enumerate(policies.suppression)),
        0.0 if holdout is None else float(holdout.percent),
        of,
        tuple((place, policies.consent[name]) for place, name in enumerate(CHANNELS) if name in policies.consent),
        tuple(quiet),
        tuple(caps),
        parse_duration(policies.max_wait),
    )


def _quiet(hours: QuietHours, path: str, fault: Fault) -> Quiet:
    start, end = clock_us(hours.from_), clock_us(hours.to)
    if start is None or end is None:
        wrong = hours.from_ if start is None else hours.to
        fault("clock_time", path, f"{wrong!r} is no clock time.", "Write one such as 21:00.")
    return Quiet(CHANNELS.index(hours.channel), start or 0, end or 0, hours.inside == "drop")


NO_POLICIES = PlanPolicies()
NOBODY: Node = Constant(False)
