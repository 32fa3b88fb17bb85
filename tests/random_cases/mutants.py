"""Plausible mistakes, one decision each. The goldens or at most 300 random cases must catch every one.

A mutant of the law flips a flag of the oracle's `Rules`; a mutant of the product replaces a text in one of its
modules, which is imported anew under the change.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class LawMutant:
    flag: str
    rule: str
    says: str


@dataclass(frozen=True)
class ProductMutant:
    module: str
    old: str
    new: str
    rule: str
    says: str


LAW_MUTANTS = (
    LawMutant("order_by_received", "D-2", "Events of one instant ignore receivedAt."),
    LawMutant("order_by_position", "D-2", "Events of one instant and receivedAt run against the file."),
    LawMutant("within_includes_now", "D-4", "A condition does not see the events of its own instant."),
    LawMutant("between_young_side_closed", "D-3", "An event exactly A old is not yet between A and B."),
    LawMutant("expiry_without_event", "D-5", "Membership changes only when a call arrives."),
    LawMutant("null_differs_nothing", "AU-9", "A missing value differs from everything."),
    LawMutant("list_any", "D-41", "Only the first element of a list is looked at."),
    LawMutant("numeric_text", "D-40", "Numeric text is no number."),
    LawMutant("trait_null_removes", "D-7", "null leaves a trait as it was."),
    LawMutant("hold_needs_later_event", "D-13", "A hold reached by a timer hears the events of that instant."),
    LawMutant("loop_restarts_timer", "D-15", "A loop-back keeps the old deadline."),
    LawMutant("age_tested_before_arrival", "D-18", "An exit by age waits for its phase although a step is reached."),
    LawMutant("cool_down_from_exit", "D-45", "The cool-down counts from the entry."),
    LawMutant("existing_only_when_asked", "D-17", "Existing members enter unasked."),
    LawMutant("assume_covers_unknown_only", "D-49", "`assume` covers a removed address too."),
    LawMutant("status_of_address", "SB-1", "A subscription state belongs to the person and survives a new address."),
    LawMutant("a_step_runs_once", "D-14", "Of joined paths the later ones run the step again."),
    LawMutant("fork_left_by_the_last", "D-14", "A fork is left with its first branch."),
    LawMutant("paths_in_branch_order", "D-50", "Of two paths in one phase the one of the last branch comes first."),
    LawMutant(
        "condition_tested_before_arrival",
        "D-12",
        "An exit by condition waits for its phase although a step is reached.",
    ),
    LawMutant("age_spares_end_of_path", "D-50", "The age exit is tested before the end of a path too."),
    LawMutant("gap_ends_at_its_end", "D-32", "A local time in a gap is as far after it as it was after its beginning."),
    LawMutant("first_of_two", "D-32", "Of a local time that happens twice the second is meant."),
    LawMutant("missing_date_is_past", "D-33", "Who has no date never leaves."),
    LawMutant("zone_trait_first", "D-30", "The zone of the last call stands before the trait."),
    LawMutant("identifier_is_needed", "D-16", "An event without the identifier enters."),
    LawMutant("holds_hear_their_value", "D-16", "A hold hears events of other values."),
    LawMutant("newest_capture_wins", "D-20", "The oldest event of a name is remembered."),
    LawMutant("exits_see_entry_only", "D-50", "Exit rules see all that the instance remembers."),
    LawMutant("schedule_zone_of_the_occurrence", "D-53", "A schedule goes by the first zone somebody had."),
)

_ENGINE = "engage_desktop.engine"
PRODUCT_MUTANTS = (
    ProductMutant(f"{_ENGINE}.steps.hold", "late = time > deadline", "late = time >= deadline", "D-12",
                  "An event exactly at a hold's deadline comes too late."),
    ProductMutant(f"{_ENGINE}.steps.hold", "earlier = row < best", "earlier = row <= best", "D-12",
                  "Of two branches for one event the last in the list is taken."),
    ProductMutant(f"{_ENGINE}.steps.hold", "MAX_PASSES = 100", "MAX_PASSES = 101", "D-15",
                  "A hold allows one pass too many."),
    ProductMutant(f"{_ENGINE}.steps.wait", "late = time > deadline", "late = time >= deadline", "D-12",
                  "A wait that comes true at its timeout has timed out."),
    ProductMutant(f"{_ENGINE}.steps.split", "in reversed(range(", "in (range(", "D-14",
                  "A split takes the last branch that holds."),
    ProductMutant(f"{_ENGINE}.steps.random", "if not self.sticky", "if self.sticky", "D-19",
                  "Sticky draws hang on the entry, the others do not."),
    ProductMutant(f"{_ENGINE}.pipeline", "held = (found.reason < 0) & (holdout", "held = (holdout",
                  "D-22", "The holdout stands before eligibility."),
    ProductMutant(f"{_ENGINE}.policy", "recent.oldest(who) > time", "recent.oldest(who) >= time", "D-24",
                  "The window of a cap is closed on the old side."),
    ProductMutant(f"{_ENGINE}.policy", "attempts.exit_at[one] <= time", "attempts.exit_at[one] < time", "D-49",
                  "An exit in the instant of a message that waits comes too late."),
    ProductMutant(f"{_ENGINE}.pipeline", "found.next_at > due + self", "found.next_at >= due + self", "D-49",
                  "The longest wait itself is too long."),
    ProductMutant(f"{_ENGINE}.policies", "clock < self.end_us", "clock <= self.end_us", "D-34",
                  "The end of quiet hours is quiet."),
    ProductMutant(f"{_ENGINE}.sending", "rank, due, -priority", "rank, due, priority", "D-24",
                  "The lower priority goes first."),
    ProductMutant(f"{_ENGINE}.walk", "exit_row <= leaving.row", "exit_row < leaving.row", "D-12",
                  "A hold branch beats an exit rule on the same event."),
    ProductMutant(f"{_ENGINE}.walk", "np.where(on_event, at < natural, at <= natural)", "(at < natural)", "D-12",
                  "A timer beats an exit by age of its instant."),
    ProductMutant(f"{_ENGINE}.walk", "(target >= 0 or first)", "(target >= 0 or target < 0)", "D-50",
                  "The age exit is tested before the end of a path too."),
    ProductMutant(f"{_ENGINE}.walk", "waits & (time > tokens.leave_at)", "waits & (time >= tokens.leave_at)", "D-49",
                  "A leave acts before the later events of its instant."),
    ProductMutant(f"{_ENGINE}.exits", "earlier = found < row", "earlier = found <= row", "D-12",
                  "Of two exit rules for one event the last in the list wins."),
    ProductMutant(f"{_ENGINE}.entry", "journey.ends - 1", "journey.ends", "D-54",
                  "A journey still lets in at the instant it ends."),
    ProductMutant(f"{_ENGINE}.entry", "keep = (time >= first)", "keep = (time > first)", "D-17",
                  "The first instant of the window does not belong to the run."),
    ProductMutant(f"{_ENGINE}.entry", "(self.cool_down_us - 1)", "self.cool_down_us", "D-45",
                  "At exactly the end of the cool-down nobody enters."),
    ProductMutant(f"{_ENGINE}.entry", "            allowed = np.where(row >= 0, row, self", "            allowed = np.where(row >= 0, row + 1, self", "D-12",
                  "An event that ends an instance cannot enter again."),
    ProductMutant(f"{_ENGINE}.view", "events.rows, (row + 1)", "events.rows, (row + 0)", "D-13",
                  "The event on which a hold was reached is heard again."),
    ProductMutant(f"{_ENGINE}.streams", "else (0, window.a.us)", "else (0, window.a.us + 1)", "D-3",
                  "An event exactly N old is still within N."),
    ProductMutant(f"{_ENGINE}.conditions", "return found if eligible is None else sets.clip(found, eligible)",
                  "return found", "AU-4", "Anybody may be a member of a named audience."),
    ProductMutant(f"{_ENGINE}.dates", "instants + (ago + 1)", "instants + ago", "D-42",
                  "A date exactly N ago is no longer within the last N."),
    ProductMutant(f"{_ENGINE}.dates", "return instants - ago, instants + 1", "return instants - ago, instants", "D-42",
                  "A date that is now is not within the next N."),
    ProductMutant(f"{_ENGINE}.dates", "return early, instants - (ago - 1)", "return early, instants - ago", "D-42",
                  "A date exactly N ahead is not yet after the next N."),
    ProductMutant(f"{_ENGINE}.dates", "says = instants <= value.us if", "says = instants < value.us if", "D-42",
                  "A date is not before itself."),
    ProductMutant(f"{_ENGINE}.streams", "+ np.uint32(1)", "+ np.uint32(0)", "AU-20", "A child may be the parent itself."),
    ProductMutant(f"{_ENGINE}.streams", "opens[1:] |= events.time[1:] - events.time[:-1] >= gap_us",
                  "opens[1:] |= events.time[1:] - events.time[:-1] > gap_us", "D-43",
                  "A gap of exactly N does not end a session."),
    ProductMutant(f"{_ENGINE}.reducers", 'found = highest(cover, ~key if reduce.kind == "min" else key)',
                  'found = highest(cover, ~key if reduce.kind == "max" else key)', "D-8", "min and max change places."),
    ProductMutant(f"{_ENGINE}.reducers", ">= max(least, 1)", "> max(least, 1)", "D-40",
                  "A mode must occur more than twice (at one instant)."),
    ProductMutant(f"{_ENGINE}.reducers", "enough = count >= least", "enough = count > least", "D-40",
                  "A mode must occur more than twice (over time)."),
    ProductMutant(f"{_ENGINE}.links", "np.maximum(time, since[link])", "time", "EV-12",
                  "An account sees its people's events before they are linked."),
    ProductMutant(f"{_ENGINE}.conditions", 'if node.quantifier == "any" else sets.complement(some, links.accounts.since)',
                  'if node.quantifier == "any" else some', "AU-26", "ALL NOT means ANY."),
    ProductMutant(f"{_ENGINE}.history", "place >= history.start[who]", "place >= 0", "D-7",
                  "A trait never told is that of the person before."),
    ProductMutant(f"{_ENGINE}.calendar", "fits = at > now[todo]", "fits = at >= now[todo]", "D-46",
                  "A clock time that is now counts as the next one."),
    ProductMutant(f"{_ENGINE}.calendar", "np.maximum(found, after)", "found", "D-32",
                  "A local time that does not exist falls before the gap."),
    ProductMutant(f"{_ENGINE}.steps.delay_until", "over = target < tokens.time", "over = target <= tokens.time", "D-46",
                  "A moment equal to now is past."),
    ProductMutant(f"{_ENGINE}.context", "if branch.event != entry_event:", "if True:", "D-20",
                  "A hold event takes the name of the entry event."),
    ProductMutant(f"{_ENGINE}.steps.fork", "np.where(at_once, np.int8(INSTANT), np.int8(CONDITION))",
                  "np.full(len(time), CONDITION, np.int8)", "D-54",
                  "A branch whose condition holds on arrival is taken in the phase of conditions."),
    ProductMutant(f"{_ENGINE}.walk", "left = np.maximum(left, until)", "left = np.minimum(left, until)", "D-14",
                  "A fork is left before its last branch is taken."),
    ProductMutant(f"{_ENGINE}.paths", "first[order[first_of_each(tokens.instance[order])]] = True", "first[:] = True",
                  "D-14", "Joined paths run a step once each."),
    ProductMutant(f"{_ENGINE}.paths", "np.int64(branch + 1)", "np.int64(60 - branch)", "D-50",
                  "Of two paths in one phase the one of the last branch comes first."),
    ProductMutant(f"{_ENGINE}.paths", "open_ = self.inside | (outcome == EXITED)", "open_ = outcome == EXITED", "D-14",
                  "An instance ends with the first of its paths."),
    ProductMutant(f"{_ENGINE}.paths", "detail[instance[told]] = said[told]", "detail[instance] = said", "D-50",
                  "The detail is that of any path, not of the last end step."),
    ProductMutant(f"{_ENGINE}.steps.delay_until", "leave=over if self.leave", "leave=over & (target != MISSING) if self.leave",
                  "D-33", "Who has no date does not leave."),
    ProductMutant(f"{_ENGINE}.steps.delay_until", "target + self.offset_us)", "target - self.offset_us)", "D-31",
                  "An offset counts the other way."),
    ProductMutant(f"{_ENGINE}.steps.delay_until", "np.where(without_zone, zone, len(zones))",
                  "np.where(without_zone, 0, len(zones))", "D-42", "A date without zone is local to the workspace."),
    ProductMutant(f"{_ENGINE}.calendar", "self.at + self.offset[:-1]", "self.at + self.offset[1:]", "D-32",
                  "Of a local time that happens twice the second is meant."),
    ProductMutant(f"{_ENGINE}.calendar", "candidate + _THURSDAY", "candidate + _THURSDAY + 1", "D-31",
                  "A week begins on Sunday."),
    ProductMutant(f"{_ENGINE}.view", '[self.conditions.valid_zones(), histories.of_trait(self.log.trait(("timezone",)))]', '[histories.of_trait(self.log.trait(("timezone",))), self.conditions.valid_zones()]',
                  "D-30", "The zone of the last call stands before the trait."),
    ProductMutant(f"{_ENGINE}.schedule", "-(-(first - start) // self.every_us)", "(first - start) // self.every_us", "D-17",
                  "The last occurrence before the window lets in."),
    ProductMutant(f"{_ENGINE}.schedule", "self.every_us, last + 1,", "self.every_us, last,", "D-17",
                  "An occurrence at the end of the window lets nobody in."),
    ProductMutant(f"{_ENGINE}.schedule", "since <= at", "since < at", "D-5",
                  "Who appears at the very occurrence is not there yet."),
    ProductMutant(f"{_ENGINE}.entry", "ends.time[over] + self.cool_down_us - 1", "ends.time[over] + self.cool_down_us", "D-45",
                  "At exactly the end of the cool-down a schedule lets nobody in."),
    ProductMutant(f"{_ENGINE}.entry", "(self.intervals.end > window[0])", "(self.intervals.end >= window[0])", "D-17",
                  "Who ceases to be a member at the beginning is an existing member."),
    ProductMutant(f"{_ENGINE}.entry", "keep = code >= 0", "keep = code >= -1", "D-16",
                  "An event without the identifier enters."),
    ProductMutant(f"{_ENGINE}.context", "-len(self.names[one[0]])", "len(self.names[one[0]])", "D-20",
                  "The shortest name that begins the path is meant."),
    ProductMutant(f"{_ENGINE}.walk", "taken = (output == branch) & (how == EVENT)", "taken = how == EVENT", "D-20",
                  "An event is remembered under the names of every branch."),
    ProductMutant(f"{_ENGINE}.identifiers", "single = (kind != LIST) & (kind != OBJECT)", "single = kind != LIST", "D-16",
                  "An object keeps instances apart."),
    ProductMutant(f"{_ENGINE}.steps.hold", "None if branch.any_identifier else self.identifier", "self.identifier", "D-16",
                  "A branch for any identifier hears its own only."),
    ProductMutant(f"{_ENGINE}.view", "entries.identifier if rule.match_identifier and identifier is not None",
                  "entries.identifier if identifier is not None", "J2-30", "Every exit rule asks for the identifier."),
    ProductMutant(f"{_ENGINE}.draw", 'return str(entered_at) if identifier is None else f"{entered_at}|{identifier}"',
                  "return str(entered_at)", "D-19", "The identifier is no part of an entry's key."),
    ProductMutant(f"{_ENGINE}.exits", "sooner = at < deadline", "sooner = at <= deadline", "D-12",
                  "Of two exits by condition or age the last in the list wins."),
    ProductMutant(f"{_ENGINE}.walk", "within = off <= self.to", "within = off < self.to", "D-21",
                  "A removal at the end of the run is not made."),
    ProductMutant(f"{_ENGINE}.conditions", "return sets.union_of(profile, since,", "return sets.union_of(profile, since * 0,",
                  "D-6", "Whom a list names is on it before the log shows the name."),
    ProductMutant(f"{_ENGINE}.exits", "LONGEST_US = 365 *", "LONGEST_US = 364 *", "J2-38",
                  "An instance expires a day early."),
    ProductMutant(f"{_ENGINE}.limits", "MOST_INSTANCES = 25", "MOST_INSTANCES = 26", "J2-39",
                  "Twenty-six instances of a person have room."),
    ProductMutant(f"{_ENGINE}.surplus", "MOST_EVENTS = 25", "MOST_EVENTS = 26", "J2-39",
                  "The twenty-sixth event of a second is heard."),
    ProductMutant(f"{_ENGINE}.generated", "MOST = 25", "MOST = 26", "D-37", "The twenty-sixth write of a second is made."),
    ProductMutant(f"{_ENGINE}.generated", "visits[\"entered_at\"][at] + 1,", "visits[\"entered_at\"][at],", "D-37",
                  "Everybody sees what is set in the very instant."),
    ProductMutant(f"{_ENGINE}.generated", "numbered(profile, time // _SECOND)", "numbered(profile, (time - 1) // _SECOND)", "D-54",
                  "Writes are counted by the second in which they were made."),
    ProductMutant(f"{_ENGINE}.generated", "keys, rank[some], group))]",
                  "keys, -rank[some], group))]", "D-54", "The last campaign by key writes first."),
    ProductMutant(f"{_ENGINE}.walk", "(left[at] > moved.time)[:, None]", "(left[at] < moved.time)[:, None]", "D-51",
                  "What an instance set stays its own after the instant."),
    ProductMutant(f"{_ENGINE}.values", 'return op in ("absent", "omits")', 'return op in ("absent", "omits", "none_of")',
                  "D-8", "A missing value is none of the listed ones."),
)  # fmt: skip


class _Finder(Loader, MetaPathFinder):
    """Finds one module with a replaced text, and leaves all others to the usual way."""

    def __init__(self, mutant: ProductMutant) -> None:
        self.mutant = mutant
        self.text = source(mutant)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return spec_from_loader(name, self, origin="mutant") if name == self.mutant.module else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.text, f"<mutant of {module.__name__}>", "exec"), module.__dict__)


def source(mutant: ProductMutant) -> str:
    """The module's text with the one place changed."""
    spec = find_spec(mutant.module)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, f"{mutant.module} has {mutant.old!r} {text.count(mutant.old)} times"
    return text.replace(mutant.old, mutant.new)


@contextmanager
def mutated(mutant: ProductMutant) -> Iterator[ModuleType]:
    """The engine imported anew with the mutant in it; afterwards everything is as it was."""
    import engage_desktop

    kept = {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{_ENGINE}.")}
    finder = _Finder(mutant)
    for name in kept:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module(_ENGINE)
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{_ENGINE}.")]:
            del sys.modules[name]
        sys.modules.update(kept)
        if _ENGINE in kept:
            engage_desktop.engine = kept[_ENGINE]
