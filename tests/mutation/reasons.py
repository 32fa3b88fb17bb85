"""Why a mutant of the sample survives. Most are the same program in other words, or a slower one; `GAP` says that a case is missing.

The key is the mutant's id: where the statement changes, its reason goes and is found anew.
"""

from __future__ import annotations

NOWHERE = "What an instance rests on is kept with its end and stands in no table."
QUICK = "The quick way is left, or taken, in another case; the other way gives the same."
EMPTY = "Where nothing is, the place looked at is one that is masked out afterwards."
YEARS = "The search begins or ends a step further out, or notes a change of the clock that changes nothing."
GUESS = "A worse guess of where there is no room; the next round finds what is still wrong."
MORE = "More room than is needed, and what is there more is never reached."

REASONS: dict[str, str] = {
    "walk.Walk._cut#2a23 self.ends.assumed[instance[inside & tokens.assumed]] = True => pass": NOWHERE,
    "walk.Walk._cut#2a23 inside & tokens.assumed => inside | tokens.assumed": NOWHERE,
    "walk.Walk._cut#2a23 True => False": NOWHERE,
    "walk.Walk._cut#e80f self.ends.assumed[gone] = tokens.assumed[taken] => pass": NOWHERE,
    "writes#3381 0 => 1 (3)": "A column of nothing longer than the others; how many writes there are goes by the profiles.",
    "view.View.rank_in_instant#df61 1 => 2": (
        "GAP: an event that a run makes a microsecond before an entry, whose instance sets a trait or is dropped by a cap."
    ),
    "pieces.segments#eaf7 0 => 1": "One subject more without an instant of its own, so never looked at.",
    "intervals.union#63b7 'right' => 'left'": "Either order of equal ones comes to the same.",
    "limits._changes#4caa 2 => 3": "Turns are compared with each other: 3 is as much after 1 as 2 is.",
    "rows.by_time#3446 step == step[0] => step != step[0]": QUICK,
    "reducers._at_the_end#707e cover.first[1:] < cover.first[:-1] => cover.first[1:] <= cover.first[:-1]": QUICK,
    "reducers._at_the_end#707e not cover.single => cover.single": QUICK,
    "reducers._total#9504 len(value) and float(np.abs(scaled[exact]).sum()) >= _EXACT_UP_TO => len(value) or float(np.abs(scaled[exact]).sum()) >= _EXACT_UP_TO": QUICK,
    "reducers#099a 10000 => 10001": QUICK,
    "conditions.Conditions._compare#a72c not known => known": QUICK,
    "conditions.Conditions._compare#a72c isinstance(frame, Root) and (not known) => isinstance(frame, Root) or not known": QUICK,
    "moments.Moments._looks#9443 self.everybody is not None and isinstance(side, Trait | Reduce | Computed) => self.everybody is not None or isinstance(side, Trait | Reduce | Computed)": QUICK,
    "streams.Streams._at_least#2c12 0 => 1": QUICK,
    "view.View.next_for_tokens#cd16 where is not None and asks_journey(where) => where is not None or asks_journey(where)": QUICK,
    "reducers._extreme#1ab5 0 => 1": EMPTY,
    "steps.delay_until._instants#9c62 1 => 2": EMPTY,
    "history.booleans#9e85 -1 => 0": EMPTY,
    "steps.fork.ForkStep#3f06 True => False": "The walk asks a fork branch by branch and never whether it waits.",
    "pieces.highest#fad4 2 => 3": MORE,
    "limits.judged#77c8 0 => 1": MORE,
    "limits._changes#d7f8 1 => 2": MORE,
    "paths#337c 54 => 55": MORE,
    "draw#42a6 64 => 65": MORE,
    "buckets.buckets#076e 1 => 2": MORE,
    "calendar.offsets#2ad0 1 => 2 (3)": MORE,
    "calendar.next_clock_time#097c 9 => 10": MORE,
    "paths#fa4c 127 => 128": MORE,
    "walk.Walk._join#d08d ends.outcome[instance] == EXITED => ends.outcome[instance] != EXITED": "Whom an exit took is nowhere after it, so the half before it says the same.",
    "calendar._offsets#6890 start + _STEP => start - _STEP": YEARS,
    "calendar._offsets#77ec 1 => 2": YEARS,
    "calendar._offsets#e256 continue => pass": YEARS,
    "calendar._offsets#95e2 86400 => 86401": YEARS,
    "calendar._offsets#77ec int((datetime(first_year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) + 86400 => int((datetime(first_year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) - 86400": YEARS,
    "reducers.text_ranks#ce10 8 => 9": "Keys stay different for different values, and are not compared otherwise.",
    "reducers.text_ranks#ce10 number * 8 + kind => number * 8 - kind": "Keys stay different for different values, and are not compared otherwise.",
    "view.View.place_of#03f8 return found => return -found": "Outside the battery: what an exit sends is proved in tests/delivery (V-14).",
    "view.View.place_of#2b1d return np.full(len(profile), -1, np.int32) => return -np.full(len(profile), -1, np.int32)": "Where there is no event nobody reads its place.",
    "paths._fork_depths#acec target > place => target >= place": "Only loops lead back to their own step, and only holds have them, which are no forks.",
    "entry.IdentifierSource._of_value#91fc place >= 0 => place > 0": "The first candidate of all is in the first batch and never a following one.",
    "entry.IdentifierSource.following#2a5e row >= 0 => row > 0": "An instance ends on an event after its own, so never on row 0.",
    "steps.hold.HoldStep.depart#0225 True => False": "The walk always says whether loops are heard.",
    "view.View._own#a255 False => True": "GAP: one event filter that names both a trait set in this instant and an event of the context.",
    "streams.Streams.pieces#655a start < end => start <= end": "A piece without length adds nothing to what is seen.",
    "values.pairs_hold#8199 keys[0] * np.int64(int(keys[1].max()) + 1) + keys[1] => keys[0] * np.int64(int(keys[1].max()) + 1) - keys[1]": "GAP: keys of pairs that fall together are rare, and none is here.",
    "reducers._number_of_key#d078 63 => 64": "numpy fills with the sign for any shift of 63 or more.",
    "rows.by_time#6715 0 => 1": "Deliveries of one instance and instant have no order that the comparison asks for; an instance has one exit.",
    "limits.judged#a78d fits[instance[begins]] = room[begins] => pass": GUESS,
    "limits._changes#b56d one['outcome'] == TURNED_AWAY => one['outcome'] != TURNED_AWAY": "GAP: whom limits kept out in a first round and who had room after all in a second.",
    "values._texts_hold#c301 return np.zeros(0, np.bool_) => return ~np.zeros(0, np.bool_)": "A column without values is answered before.",
    "view.View.property_of#bb69 place >= 0 => place > 0": "An event that is remembered under a name is always one of that name.",
    "walk.Walk._fork#e288 not step.targets => step.targets": "A fork without branches is refused.",
    "intervals._span#ae19 (last + 1) * (high - low + 2) >= 2 ** 64 => (last + 1) * (high - low + 2) > 2 ** 64": "Keys that reach exactly 2^64 still fit, or go the other way: the same.",
    "draw.ProfileHashes.of#2ea0 self._known[missing] = True => pass": "Hashes are worked out once more.",
    "steps.random.RandomStep.depart#6b5c 'right' => 'left'": "A draw equal to a bound to the last of 53 bits.",
    "view.View.__init__#1acb self.enforcing = False => pass": "Every walk sets it before it asks.",
    "rows._Rows.__init__#620f 0 => 1": "All walks of a journey are entered in one way.",
    "history.gather#99ea 1 => 2": "One entry more from before, cut to the same instant, where the last one counts.",
    "view.View._next_own#b9bf self.first_row_after(some.profile, some.time) - 1 => self.first_row_after(some.profile, some.time) + 1": "Two events more are asked in the instance's own way, in which what is public stands too.",
    "view.View.property_of#5949 (row >= 0) & (place < len(rows)) => (row >= 0) | (place < len(rows))": "An event that is remembered under a name is always one of that name, and the next line takes out what is none.",
}
