"""The fold over a journey: all tokens of a step at once, steps in topological order (D-12..D-15).

Every departure is a place in an instant: (time, phase, row), phases events, exits by
condition and age, waits, timers. A step proposes where its tokens leave; here the proposal is
held against exit rules, a leave and the end of the run, and what is left moves on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.domain.errors import Cancelled
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, first_of_each
from engage_desktop.engine.context import first_captures
from engage_desktop.engine.exits import ExitTimes, exit_times, expire, left_by_policy, rules_of, sends, texts_of
from engage_desktop.engine.left_behind import Ends, WalkResult, after_message, delivery_rows, leave_ranks, message_rows
from engage_desktop.engine.own import Own
from engage_desktop.engine.paths import AFTER_ALL, Paths, later, moment_columns, without
from engage_desktop.engine.plan import PlanExit, PlanJourney, PlanStep
from engage_desktop.engine.run import ACTIVE, ADDED, COMPLETED, ENTRY_SENT, EXITED, REMOVED, Table, Texts
from engage_desktop.engine.siblings import Siblings, noted
from engage_desktop.engine.steps.base import ENTRY, EVENT, INSTANT, Departures
from engage_desktop.engine.steps.fork import ForkStep
from engage_desktop.engine.steps.hold import MAX_PASSES, HoldStep
from engage_desktop.engine.steps.instant import AdStep, EndStep, SendStep
from engage_desktop.engine.steps.set_trait import SetTraitStep
from engage_desktop.engine.tokens import Entries, Tokens, concatenate
from engage_desktop.engine.view import View

if TYPE_CHECKING:
    pass


class Walk:
    """One walk of `entries` through `journey` up to the instant `to`."""

    def __init__(
        self,
        journey: PlanJourney,
        entries: Entries,
        view: View,
        to: int,
        texts: Texts,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        n = len(entries)
        self.journey = journey
        self.entries = entries
        self.view = view
        self.to = to
        self.texts = texts
        self.cancelled = cancelled
        view.names = journey.context
        self.own = view.own = Own(journey) if journey.own else None
        view.enforcing = journey.journey.enforce_limits
        rules = rules_of(journey)
        self.exits: ExitTimes = self._exit_times(rules)
        self.exit_text = texts_of(rules, texts)
        self.leave_rank = leave_ranks(journey)
        self.ends = Ends(
            np.full(n, NEVER, np.int64),
            np.full(n, -1, np.int64),
            np.full(n, ACTIVE, np.int8),
            np.full(n, -1, np.int32),
            np.zeros(n, np.bool_),
            np.zeros(n, np.bool_),
        )
        self.result = WalkResult(self.ends)
        self.pending: list[list[Tokens]] = [[] for _ in journey.steps]
        forks = any(isinstance(step.compiled, ForkStep) for step in journey.steps)
        self.paths = Paths(journey, n) if forks else None
        known = view.sets.get(journey.journey.key)
        self.siblings = view.siblings = None
        self.late = self.exits
        if self.own is not None and self.paths is not None and known is not None:
            self.siblings = view.siblings = Siblings(self.own, entries, view, known)
            self.late = exit_times(rules, entries, view, journey.entry.identifier)

    def run(self) -> WalkResult:
        """Walk; raises Cancelled between steps."""
        self._set_out()
        for place, step in enumerate(self.journey.steps):
            if self.cancelled is not None and self.cancelled():
                raise Cancelled("Stopped.")
            batches, self.pending[place] = self.pending[place], []
            if batches:
                tokens = concatenate(batches, NEVER)
                if self.paths is not None:
                    tokens, over = self.paths.first_arrivals(tokens)
                    self._complete(over, None, by_step=False)
                self._step(step, tokens)
        if self.paths is not None:
            self._join(self.paths)
        if self.journey.journey.enforce_limits:
            expire(self.ends.outcome, self.ends.detail)
        ends, design = self.ends, self.journey.journey
        ends.after_all = left_by_policy(design, ends.outcome, ends.detail, self.texts.code)
        self.result.deliveries += sends(self.journey, self.entries, self.result, self.view, self.texts)
        return self.result

    def _exit_times(self, rules: tuple[PlanExit, ...]) -> ExitTimes:
        return exit_times(rules, self.entries, self.view, self.journey.entry.identifier)

    def _set_out(self) -> None:
        """Let everybody arrive at the first step."""
        entries, n = self.entries, len(self.entries)
        start = Tokens(
            entries,
            np.arange(n, dtype=np.int32),
            entries.profile,
            entries.time,
            entries.row.copy(),
            np.full(n, entries.by_event, np.bool_),
            np.zeros(n, np.int32),
            np.zeros(n, np.bool_),
            np.zeros(n, np.bool_),
        )
        if self.journey.context is not None:
            start.captures = first_captures(self.journey.context, entries)
        if self.own is not None:
            start.own = self.own.none(n)
        if self.paths is not None:
            start.phase = np.full(n, EVENT if entries.by_event else ENTRY, np.int8)
            start.rank = np.zeros(n, np.int64)
        self._arrive(start, 0 if self.journey.steps else -1, -1, first=True)

    # -- one step --------------------------------------------------------------------------

    def _step(self, step: PlanStep, tokens: Tokens) -> None:
        compiled = step.compiled
        place = self.journey.steps.index(step)
        if isinstance(compiled, ForkStep):
            self._fork(step, compiled, tokens)
            return
        if self.siblings is not None:
            tokens.own = self.siblings.of(tokens, place)
        if self.paths is not None and self.own is not None and isinstance(compiled, SetTraitStep):
            self.result.sets.append(noted(tokens, place, self.view))
        if not isinstance(compiled, HoldStep):
            self._settle(step, tokens, compiled.depart(tokens, self.view), 1)
            return
        number = 1
        while len(tokens):  # each round is one pass of a loop-back (D-15)
            departures = compiled.depart(tokens, self.view, loops=number < MAX_PASSES)
            back = self._settle(step, tokens, departures, number)
            if not back:
                return
            tokens = concatenate(back, NEVER)
            if self.siblings is not None:
                tokens.own = self.siblings.of(tokens, place)
            number += 1

    def _settle(self, step: PlanStep, tokens: Tokens, leaving: Departures, number: int) -> list[Tokens]:
        """Record the visits, end what ends here, send the rest on; return what comes back."""
        moves: Mask | None = None
        left = tokens.time
        if step.compiled.waits:
            moves, left = self._cut(tokens, leaving)
        if moves is not None and leaving.leave is not None and leaving.leave.any():
            gone = leaving.leave & moves
            self._end(tokens.take(gone), EXITED, self._leave_detail(step.index))
            if self.paths is not None:
                self.paths.stopped(tokens.take(gone), self._leave_detail(step.index))
            moves = moves & ~gone
        branch_text = np.array([self.texts.code(branch) for branch in step.branches] or [-1], np.int32)
        output = leaving.output
        branch: AnyArray = np.full(len(tokens), branch_text[output]) if isinstance(output, int) else branch_text[output]
        if moves is not None and not moves.all():
            branch = np.where(moves, branch, np.int32(-1))
        self._visit(step, tokens, left, branch, number, leaving)
        if leaving.messages is not None:
            self.result.messages.append(message_rows(step, tokens, leaving.messages) | self._moment(tokens))
        elif isinstance(step.compiled, SendStep):
            self._deliver(step, tokens, tokens.time, ENTRY_SENT)
        elif isinstance(step.compiled, AdStep):
            self._deliver(step, tokens, tokens.time, ADDED)
            if step.compiled.remove_after_us is not None:
                off = tokens.time + step.compiled.remove_after_us
                within = off <= self.to
                self._deliver(step, tokens.take(within), off[within], REMOVED)
        elif isinstance(step.compiled, EndStep):
            self._complete(tokens, step.compiled.outcome, by_step=True)
            return []
        moved = self._moved(step, tokens, leaving, moves, left)
        if moved is None:
            return []
        self._took(step, moved, branch if moves is None else branch[moves])
        return self._dispatch(step, moved, output if moves is None or isinstance(output, int) else output[moves])

    def _visit(
        self,
        step: PlanStep,
        tokens: Tokens,
        left: Instants,
        branch: AnyArray,
        number: int,
        leaving: Departures | None = None,
    ) -> None:
        rows: Table = {
            "instance": tokens.instance,
            "seq": tokens.seq,
            "step": np.full(len(tokens), step.index, np.int16),
            "entered_at": tokens.time,
            "left_at": left,
            "branch": branch,
            "pass": np.full(len(tokens), number, np.int32),
            "kind": tokens.assumed.astype(np.int8),
        }
        if self.paths is not None:
            rows |= self._moment(tokens)
            how, row = (INSTANT, None) if leaving is None else (leaving.how, leaving.row)
            rows |= {f"left_{name}": column for name, column in moment_columns(tokens, how, row).items()}
        self.result.visits.append(rows)

    def _deliver(self, step: PlanStep, tokens: Tokens, at: Instants, change: int) -> None:
        self.result.deliveries.append(delivery_rows(self.view, step, tokens, at, change) | self._moment(tokens))

    def _moment(self, tokens: Tokens) -> Table:
        """In journeys with forks, the moment of arrival beside each row."""
        return {} if self.paths is None else moment_columns(tokens)

    def _fork(self, step: PlanStep, compiled: ForkStep, tokens: Tokens) -> None:
        """One visit, left when the last branch is taken; each branch takes a token of its own along."""
        assert self.paths is not None
        left = tokens.time
        place = self.journey.steps.index(step)
        for branch, target in enumerate(step.targets):
            asked = tokens
            if self.siblings is not None:  # each branch moves before the next is looked at (D-54)
                asked = tokens.take(slice(None))  # type: ignore[arg-type]  # a slice copies
                self.paths.branch(asked, place, branch)
                asked.own = self.siblings.of(asked, place)
            leaving = compiled.depart(asked, self.view, branch)
            moves, until = self._cut(tokens, leaving)
            left = np.maximum(left, until)
            moved = self._moved(step, tokens, leaving, moves, until)
            if moved is not None:
                self.paths.branch(moved, place, branch)
                self._took(step, moved, np.full(len(moved), self.texts.code(step.branches[branch]), np.int32))
                self._arrive(moved, target, step.index)
        self._visit(step, tokens, left, np.full(len(tokens), -1, np.int32), 1)
        if not step.targets:
            self._complete(tokens, None, by_step=False)

    def _took(self, step: PlanStep, moved: Tokens, branch: AnyArray) -> None:
        """Note the outputs taken, in journeys with forks: the visit of a fork has no branch."""
        if self.paths is not None:
            table: Table = {
                "instance": moved.instance,
                "step": np.full(len(moved), step.index, np.int16),
                "branch": branch,
                "left_at": moved.time,
            }
            self.result.wires.append(table | self._moment(moved))

    def _dispatch(self, step: PlanStep, moved: Tokens, output: AnyArray | int) -> list[Tokens]:
        """Hand the moved tokens to the targets of their outputs, in branch order."""
        back: list[Tokens] = []
        for index, target in enumerate(step.targets):
            if isinstance(output, int):
                if index != output:
                    continue
                some = moved
            else:
                at = np.flatnonzero(output == index)
                if not at.size:
                    continue
                some = moved if at.size == len(moved) else moved.take(at)
            back += self._arrive(some, target, step.index)
        return back

    def _arrive(self, tokens: Tokens, target: int, origin: int, *, first: bool = False) -> list[Tokens]:
        """Test exits by condition and age, then let the tokens reach the step at place `target`
        (-1: their path ends). Returns them when they are back where they came from."""
        deadline = self.exits.deadline
        if self.siblings is not None and target >= 0:
            tokens.own = self.siblings.of(tokens, target)
        if deadline is not None and (target >= 0 or first):
            assert self.exits.deadline_rule is not None
            due = deadline[tokens.instance] <= tokens.time
            number = self.exits.deadline_rule[tokens.instance]
            if tokens.own is not None and not first:
                due, number = self._exits_at_once(tokens, due, number)
            if due.any():
                gone = tokens.take(due)
                rule = self.exit_text[number[due]]
                self._end(gone, EXITED, rule)
                if self.paths is not None:
                    self.paths.stopped(gone, rule)
                tokens = tokens.take(~due)
        if target < 0:
            self._complete(tokens, None, by_step=False)
        elif len(tokens):
            if self.journey.steps[target].index == origin:
                return [tokens]
            self.pending[target].append(tokens)
        return []

    def _exits_at_once(self, tokens: Tokens, due: Mask, number: AnyArray) -> tuple[Mask, AnyArray]:
        """Exits by condition too that what an instance has just set makes hold (D-51), by the first of the rules."""
        assert self.exits.deadline is not None
        earlier = due & (self.exits.deadline[tokens.instance] < tokens.time)
        number = np.where(due, number, np.int8(len(self.journey.exits)))
        for index, rule in enumerate(self.journey.exits):
            if rule.condition is not None:
                now = self.view.exits_at_once(rule.condition, tokens) & ~earlier & (number > index)
                due, number = due | now, np.where(now, np.int8(index), number)
        return due, number

    # -- what cuts a visit short -----------------------------------------------------------

    def _cut(self, tokens: Tokens, leaving: Departures) -> tuple[Mask, Instants]:
        """Hold departures against exits, leave and the run's end: which tokens move, and when
        each visit is left (NEVER while inside)."""
        assert leaving.time is not None
        exits, instance, natural = self.late, tokens.instance, leaving.time
        waits: AnyArray | bool = leaving.how != INSTANT
        on_event = leaving.how == EVENT
        time = natural
        rule = np.full(len(tokens), -1, np.int32)  # text of the exit that takes the token
        row = np.full(len(tokens), -1, np.int64)
        if exits.deadline is not None and exits.deadline_rule is not None:
            at = exits.deadline[instance]
            # an event at the deadline is worked off before it; waits and timers come after it
            cut = waits & np.where(on_event, at < natural, at <= natural) & (at != NEVER)
            time = np.where(cut, at, time)
            rule[cut] = self.exit_text[exits.deadline_rule[instance[cut]]]
        if exits.row is not None and exits.row_time is not None and exits.row_rule is not None:
            at = exits.row_time[instance]
            exit_row = exits.row[instance]
            before = at <= natural
            if leaving.row is not None:  # an exit beats a hold branch on the same event
                before = np.where(on_event, exit_row <= leaving.row, before)
            cut = waits & before & (at <= time) & (at != NEVER)
            time = np.where(cut, at, time)
            rule[cut] = self.exit_text[exits.row_rule[instance[cut]]]
            row[cut] = exit_row[cut]
        taken = rule != -1
        by_rule = taken
        if tokens.leave_at is not None and tokens.leave_step is not None:
            cut = waits & (time > tokens.leave_at)
            time = np.where(cut, tokens.leave_at, time)
            rule[cut] = [self._leave_detail(at) for at in tokens.leave_step[cut].tolist()]
            row[cut] = -1
            taken = taken | cut
            by_rule = by_rule & ~cut
        inside = time > self.to
        if inside.any():
            time = np.where(inside, NEVER, time)
            self.ends.assumed[instance[inside & tokens.assumed]] = True
            taken = taken & ~inside
            if self.paths is not None:
                self.paths.inside[instance[inside]] = True
        if taken.any():
            gone = instance[taken]
            self.ends.time[gone] = time[taken]
            self.ends.row[gone] = row[taken]
            self.ends.outcome[gone] = EXITED
            self.ends.detail[gone] = rule[taken]
            self.ends.assumed[gone] = tokens.assumed[taken]
            self.ends.by_rule[gone] = by_rule[taken]
        return ~(taken | inside), time

    def _leave_detail(self, step_index: int) -> int:
        return self.texts.code(f"step:{self.journey.journey.steps[step_index].key}")

    def _moved(
        self, step: PlanStep, tokens: Tokens, leaving: Departures, moves: Mask | None, left: Instants
    ) -> Tokens | None:
        """The tokens that leave, placed where and how they leave."""
        if moves is not None and not moves.any():
            return None
        everyone = moves is None or moves.all()
        at: AnyArray = slice(None) if everyone else moves  # type: ignore[assignment]  # a slice selects all
        moved = tokens.take(at)
        moved.seq = moved.seq + np.int32(1)
        if leaving.on_holdout is not None:
            moved.holdout = moved.holdout | leaving.on_holdout[at]
        if leaving.messages is not None:
            leave = after_message(step, moved, leaving.messages, at, self.leave_rank)
            if self.paths is not None and leave is not None:
                self.paths.dropped(moved, leave, int(self.leave_rank[step.index]))
        if self.own is not None and moved.own is not None and isinstance(step.compiled, SetTraitStep):
            moved.own = self.own.note(moved.own, self.journey.steps.index(step))
        if moves is None:
            return moved
        if moved.own is not None:  # what is set is the instance's own for the rest of the instant (D-51)
            moved.own = np.where((left[at] > moved.time)[:, None], np.int16(-1), moved.own)
        moved.time = left[at]
        if moved.captures is not None and leaving.row is not None:
            self._remember(step, moved, leaving, at)
        if moved.phase is not None:
            how = np.asarray(leaving.how)
            how = how[at] if how.ndim else how
            moved.phase = np.where(how == INSTANT, moved.phase, how).astype(np.int8)
        if isinstance(leaving.how, int):
            if leaving.how != INSTANT:
                moved.on_event = np.zeros(len(moved), np.bool_)
            return moved
        how = leaving.how[at]
        on_event = how == EVENT
        moved.on_event = np.where(how == INSTANT, moved.on_event, on_event)
        if leaving.row is not None:
            moved.row = np.where(on_event, leaving.row[at], moved.row)
        return moved

    def _remember(self, step: PlanStep, moved: Tokens, leaving: Departures, at: AnyArray) -> None:
        """The event of a branch taken is remembered under its names, the newest wins (D-20)."""
        assert self.journey.context is not None
        assert moved.captures is not None
        assert leaving.row is not None
        output, how, row = (np.asarray(one)[at] for one in (leaving.output, leaving.how, leaving.row))
        moved.captures = moved.captures.copy()
        for branch in range(len(step.targets)):
            taken = (output == branch) & (how == EVENT)
            for place in self.journey.context.captured.get((step.key, branch), ()):
                moved.captures[taken, place] = row[taken]

    # -- ends ------------------------------------------------------------------------------

    def _end(self, tokens: Tokens, outcome: int, detail: AnyArray | int) -> None:
        ends, gone = self.ends, tokens.instance
        ends.time[gone] = tokens.time
        ends.row[gone] = np.where(tokens.on_event, tokens.row, -1)
        ends.outcome[gone] = outcome
        ends.detail[gone] = detail
        ends.assumed[gone] = tokens.assumed

    def _complete(self, tokens: Tokens, outcome: str | None, *, by_step: bool) -> None:
        """Paths end; without forks with them their instances."""
        if not len(tokens):
            return
        if self.paths is None:
            self._end(tokens, COMPLETED, self.texts.code(outcome))
        else:
            self.paths.ended(tokens, self.texts.code(outcome), by_step=by_step)

    def _join(self, paths: Paths) -> None:
        """What the paths of an instance come to together: a leave on one takes all, then all that ended are done."""
        ends, result, n = self.ends, self.result, len(self.entries)
        stops = paths.first_stops()
        latest = np.full(n, -NEVER, np.int64)  # until when each instance is anywhere
        for visits in result.visits:
            np.maximum.at(latest, visits["instance"], visits["left_at"])
        # a leave of the policy counts where somebody is inside after its instant, but for a leave, and no exit came first
        instance, at = stops["instance"], stops["time"]
        policy = stops["phase"] == AFTER_ALL
        exited = (ends.outcome[instance] == EXITED) & ends.by_rule[instance] & (ends.time[instance] <= at)
        left = (ends.outcome[instance] == EXITED) & ~ends.by_rule[instance] & (ends.time[instance] == at)
        keep = ~policy | (((latest[instance] > at) | left) & ~exited)
        stops = {name: column[keep] for name, column in stops.items()}
        instance, at, policy = stops["instance"], stops["time"], policy[keep]
        ends.time[instance], ends.outcome[instance] = at, EXITED
        ends.row[instance] = np.where(stops["phase"] == EVENT, stops["row"], -1)
        ends.detail[instance] = stops["detail"]
        steps = np.argsort(self.leave_rank[:-1], kind="stable")
        ends.detail[instance[policy]] = [self._leave_detail(int(steps[one])) for one in stops["rank"][policy].tolist()]
        for which, time in (
            ("visits", "entered_at"),
            ("messages", "due_at"),
            ("deliveries", "caused_at"),
            ("wires", "left_at"),
            ("sets", "time"),
        ):
            tables: list[Table] = getattr(result, which)
            setattr(result, which, [without(table, later(table, stops, n, time)) for table in tables])
        limit = np.full(n, NEVER, np.int64)
        limit[instance] = at
        for visits in result.visits:
            short = later(visits, stops, n, "left_at", "left_")
            visits["left_at"] = np.where(short, limit[visits["instance"]], visits["left_at"])
            visits["branch"] = np.where(short, np.int32(-1), visits["branch"])
        paths.settle(ends.time, ends.row, ends.outcome, ends.detail, ends.assumed)
        self._number()

    def _number(self) -> None:
        """`seq` by time; of one instant in the order of the steps, then of passes (D-46)."""
        if not self.result.visits:
            return
        place_of = np.zeros(len(self.journey.journey.steps), np.int64)
        for place, step in enumerate(self.journey.steps):
            place_of[step.index] = place
        columns = {name: np.concatenate([one[name] for one in self.result.visits]) for name in self.result.visits[0]}
        instance = columns["instance"]
        order = np.lexsort((columns["pass"], place_of[columns["step"]], columns["entered_at"], instance))
        heads = np.flatnonzero(first_of_each(instance[order]))
        seq = np.arange(len(order)) - np.repeat(heads, np.diff(np.append(heads, len(order))))
        columns["seq"][order] = seq.astype(np.int32)
        self.result.visits = [columns]
