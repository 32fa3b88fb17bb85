"""`message`: eligibility at the due instant, then holdout; no other policy yet (D-22, D-23, D-49, D-52)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.step import SendMessage
from engage_desktop.engine.arrays import AnyArray, Mask
from engage_desktop.engine.run import DROPPED, HELD_OUT, REASON, SENT
from engage_desktop.engine.source import ABSENT, TraitHistory
from engage_desktop.engine.steps.base import Departures, MessageRows, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View, state_at


@dataclass(frozen=True)
class MessageStep:
    channel: str
    check_subscription: bool
    leave: bool
    assume_address: bool
    assume_subscription: bool
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        n = len(tokens)
        reason = np.full(n, -1, np.int8)
        assumed = np.zeros(n, np.bool_)

        address = view.once(("address", self.channel), lambda: _Address(view.log.address(self.channel)))
        last = state_at(address.start, address.time, tokens.profile, tokens.time)
        known = address.seen[last + 1] > address.seen[address.start[tokens.profile.astype(np.int64)]]
        known &= last >= 0
        reason[known & ~address.shown[last]] = REASON["no_address"]
        if self.assume_address:
            assumed |= ~known
        else:
            reason[~known] = REASON["address_unknown"]

        if self.check_subscription:
            self._subscription(tokens, view, reason, assumed)
        status = np.where(reason >= 0, np.int8(DROPPED), np.int8(SENT))
        leave = status == DROPPED if self.leave else None  # held out is no drop (D-54)
        held = (status == SENT) & tokens.holdout
        status[held] = HELD_OUT
        reason[held] = REASON["holdout"]
        return Departures(0, messages=MessageRows(status, reason, assumed, leave))

    def _subscription(self, tokens: Tokens, view: View, reason: AnyArray, assumed: Mask) -> None:
        at = np.flatnonzero(reason < 0)  # the first stage that stops a message names the reason
        told = view.once(("subscription", self.channel), lambda: _Subscription(view.log.subscription(self.channel)))
        last = state_at(told.start, told.time, tokens.profile[at], tokens.time[at])
        verdict = told.verdict[last]
        unknown = verdict == -2
        if self.assume_subscription:
            assumed[at[unknown]] = True
            verdict[unknown] = -1
        else:
            verdict[unknown] = REASON["subscription_unknown"]
        reason[at] = verdict


class _Address:
    """Per entry of an address history: is an address shown from it on (the last place: without an entry none is), and how
    many entries before it showed one."""

    def __init__(self, history: TraitHistory) -> None:
        self.start, self.time = history.start, history.time
        shown = np.asarray(history.column.kind) != ABSENT
        self.shown: Mask = np.append(shown, False)
        self.seen: AnyArray = np.append(0, np.cumsum(shown))


class _Subscription:
    """Per entry of a subscription history, and at the last place without one: -1 subscribed, -2 the log does not know,
    else the reason that stops a message."""

    def __init__(self, history: TraitHistory) -> None:
        self.start, self.time, column = history.start, history.time, history.column
        of_text = np.array([_verdict(text) for text in column.texts] + [-2], np.int8)
        of_entry = np.where(np.asarray(column.kind) == ABSENT, np.int8(-2), of_text[column.code])
        self.verdict: AnyArray = np.append(of_entry, np.int8(-2))


def _verdict(state: str) -> int:
    return -1 if state == "subscribed" else REASON.get(state, -2)


def compile_message(step: SendMessage, compiler: StepCompiler) -> MessageStep:
    compiler.message(step.message, "message")
    channel, send_to = compiler.context.channel_of(step.message)
    return MessageStep(
        channel,
        send_to == "subscribed",
        step.when_not_sent == "leave",
        compiler.context.assume_address,
        compiler.context.assume_subscription,
    )
