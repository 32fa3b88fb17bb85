"""How the time of the twelve steps grows with the log, as a picture for the README."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

COLOURS = {"ours": "#1f5fbf", "DuckDB": "#8a8a8a"}


def draw(times: Mapping[int, Mapping[str, float]], file: Path) -> None:
    """`times`: processor seconds by number of events, by who took them. Both axes in powers of ten."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sizes = sorted(times)
    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), dpi=150, layout="constrained")
    for who in times[sizes[0]]:
        took = [times[size][who] for size in sizes]
        label = "Engage Desktop" if who == "ours" else f"{who}, ASOF joins"
        axes.loglog(sizes, took, "o-", color=COLOURS[who], label=label)
        for size, one in zip(sizes, took, strict=True):
            axes.annotate(f"{one:.2g} s", (size, one), (0, 7), textcoords="offset points", ha="center", fontsize=8)
    axes.set_xticks(sizes, [_amount(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("events in the log (ten a person)")
    axes.set_ylabel("seconds, one core")
    axes.set_title("An audience and a journey of twelve steps, the whole log", fontsize=10, loc="left")
    axes.margins(x=0.1, y=0.15)
    axes.grid(color="#e6e6e6")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Software": None})
    pyplot.close(figure)


def _amount(events: int) -> str:
    return f"{events / 1e6:g} M" if events >= 100_000 else f"{events:,}"
