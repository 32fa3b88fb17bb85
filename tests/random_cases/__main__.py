"""`python -m tests.random_cases [pair] ['with FEATURE, ...' | 'with all'] SEED [COUNT]`: run cases, or pairs of log and
conditions; shrink the first that differs. Features are those of `features.py`, without `with` those that landed."""

from __future__ import annotations

import sys

from tests.random_cases import pairs
from tests.random_cases.features import ALL, LANDED
from tests.random_cases.run import check, report


def main(arguments: list[str]) -> int:
    of_pair = arguments[0] == "pair"
    arguments = arguments[of_pair:]
    features = LANDED
    if arguments[0].startswith("with "):
        features = frozenset(arguments.pop(0).removeprefix("with ").split(", "))
        features = ALL if features == {"all"} else features
        if not features <= ALL:
            raise SystemExit(f"no features: {', '.join(sorted(features - ALL))}; there are {', '.join(sorted(ALL))}")
    first, count = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    failed = 0
    for seed in range(first, first + count):
        found = pairs.differs(pairs.pair(seed)) if of_pair else check(seed, features)
        if found:
            failed += 1
            told = pairs.report(seed) if of_pair else report(seed, features)
            print(told if failed == 1 else f"case {seed} differs too")
    print(f"{count} cases, {failed} with a difference")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
