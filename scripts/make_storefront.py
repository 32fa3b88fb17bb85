"""Write the synthetic shop "Storefront": a sample log, or a large one for benchmarks.

    python scripts/make_storefront.py [--seed 7] [--people 3000] [--out sample_data/storefront]
    python scripts/make_storefront.py --events 10000000 [--people 1000000] --out FOLDER

The first form writes `log.jsonl.zst`, `choices.jsonl.zst` (devices, consent, groups: `storefront_choices`) and
`truth.json` (the planted experiment). The second writes plain `log.jsonl`
with 12 event names over 90 days, quickly and without a story. The same arguments give the same log.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def write_sample(seed: int, people: int, out: Path) -> None:
    from sample_log import write_log
    from storefront_choices import make_choices
    from storefront_habits import add_habits
    from storefront_sample import make_calls, make_people, truth
    from storefront_trade import add_trade

    crowd = make_people(seed, people)
    add_trade(seed, crowd)
    for person in crowd:
        add_habits(seed, person)
    write_log(make_choices(seed, crowd), out / "choices.jsonl.zst")  # before `make_calls` takes the calls apart
    calls = write_log(make_calls(seed, crowd), out / "log.jsonl.zst")
    planted = truth(crowd, seed)
    (out / "truth.json").write_text(json.dumps(planted, indent=2) + "\n", encoding="utf-8")
    print(f"{calls:,} calls of {people:,} invented people, {(out / 'log.jsonl.zst').stat().st_size:,} bytes")
    print(f"planted effect {planted['planted_effect']}, realised {planted['realised_effect']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--people", type=int, help="3,000 for the sample; a tenth of the events for a benchmark")
    parser.add_argument("--events", type=int, help="write a benchmark log of so many lines instead of the sample")
    parser.add_argument(
        "--out", type=Path, default=Path("sample_data/storefront"), help="folder, made if it is missing"
    )
    arguments = parser.parse_args()
    if (arguments.events is not None and arguments.events < 1) or (
        arguments.people is not None and arguments.people < 1
    ):
        parser.error("--events and --people count from 1.")
    arguments.out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    if arguments.events is None:
        write_sample(arguments.seed, arguments.people or 3_000, arguments.out)
    else:
        from storefront_benchmark import write_benchmark

        people = arguments.people or max(1, arguments.events // 10)
        size = write_benchmark(arguments.seed, arguments.events, people, arguments.out / "log.jsonl")
        print(f"{arguments.events:,} lines, {size:,} bytes")
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
