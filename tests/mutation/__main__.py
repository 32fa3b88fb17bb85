"""`python -m tests.mutation [how many] [--jobs 2] [--of walk] [--all-kills]`: the score and every survivor."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.mutation.battery import battery
from tests.mutation.reasons import REASONS
from tests.mutation.run import SAMPLE, SEED, Verdict, all_mutants, reached, sample, verdicts


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    ask.add_argument("number", type=int, nargs="?", default=SAMPLE)
    ask.add_argument("--jobs", type=int, default=2)
    ask.add_argument("--seed", type=int, default=SEED)
    ask.add_argument("--of", default="", help="only mutants whose id begins so")
    ask.add_argument("--kills", action="store_true", help="tell what kills each mutant too")
    chosen = ask.parse_args()
    start = time.monotonic()
    if chosen.of:
        population = [one for one in sample(1 << 30, chosen.seed) if one.id.startswith(chosen.of)]
        picked = population[: chosen.number]
    else:
        population = all_mutants()
        picked = sample(chosen.number, chosen.seed)
    known = reached(battery())
    for one in known.failing:
        print(f"left out, fails unchanged: {one}")
    print(
        f"{len(known.items)} items, {sum(known.seconds):.1f} s unchanged ({time.monotonic() - start:.0f} s)", flush=True
    )
    found = []
    for verdict in verdicts(picked, known, chosen.jobs):
        found.append(verdict)
        if len(found) % 50 == 0:
            print(f"... {len(found)}, {time.monotonic() - start:.0f} s", flush=True)
        if verdict.how != "killed" or chosen.kills or verdict.mutant.id in REASONS:
            print(told(verdict), flush=True)
    counts = Counter(one.how for one in found)
    killed = counts["killed"] / max(len(found), 1)
    print(
        f"{len(found)} of {len(population)} mutants: {killed:.1%} killed, {dict(counts)}, {time.monotonic() - start:.0f} s"
    )
    unreasoned = [one for one in found if one.how != "killed" and one.mutant.id not in REASONS]
    wrong = [one for one in found if one.how == "killed" and one.mutant.id in REASONS]
    print(f"{len(unreasoned)} survivors without a reason, {len(wrong)} killed ones with one")
    return 0 if killed >= 0.85 and not unreasoned and not wrong and not known.failing else 1


def told(verdict: Verdict) -> str:
    mutant = verdict.mutant
    lines = [f"{verdict.how}: {mutant.id}", f"    line {mutant.lines[0]}: {mutant.statement[:200]}"]
    if verdict.by:
        lines.append(f"    by {verdict.by}")
    if verdict.how != "killed":
        lines.append(f"    {REASONS.get(mutant.id, 'NO REASON YET')} ({verdict.items} items)")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
