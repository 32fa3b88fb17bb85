"""`engage explain`: why somebody is in an audience or goes on in a journey, or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engage_desktop.cli_reading import Reading, reads_logs
from engage_desktop.domain.errors import UserError

if TYPE_CHECKING:
    from rich.text import Text

    from engage_desktop.app.explaining import Explanation
    from engage_desktop.app.protocol_explain import WhyLine


WIDE = 240
"""Columns where no terminal says how many there are."""


@reads_logs
def explain(
    profile: Annotated[
        str, typer.Option("--profile", help="Id of the person; of an account for an audience of those.")
    ],
    reading: Reading,
    audience: Annotated[str | None, typer.Option("--audience", help="Key of the audience.")] = None,
    journey: Annotated[str | None, typer.Option("--journey", help="Key of the journey; alone, its entry.")] = None,
    step: Annotated[str | None, typer.Option("--step", help="A split, fork, wait or hold of the journey.")] = None,
    branch: Annotated[str | None, typer.Option("--branch", help="A branch of the step; default the one taken.")] = None,
    exit_: Annotated[str | None, typer.Option("--exit", help="An exit rule of the journey.")] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Instant with zone; default when the step was settled, else the log's last."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the run whose way through the journey is meant.")] = 0,
    unfold: Annotated[
        int, typer.Option("--unfold", min=0, max=20, help="How many levels of named audiences and traits to open.")
    ] = 1,
    campaigns: Annotated[Path | None, typer.Option("--campaigns", help="Campaign file.", readable=False)] = None,
    log: Annotated[list[Path] | None, typer.Option("--log", help="Event log; may repeat.", readable=False)] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", help="Workspace folder, instead of --campaigns, --log or both.", readable=False),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")
    ] = False,
) -> None:
    """Say why a person is in an audience, enters, takes a branch or exits, or why not, and what would change that.

    Example: engage explain --profile u-17 --audience lapsed --campaigns campaigns.json --log log.jsonl.zst

    Example: engage explain --profile u-17 --journey cart_rescue --step gate --branch big --workspace shop
    """
    from engage_desktop.app.explaining import explain as explain_place
    from engage_desktop.app.lists import identifiers, read_lists
    from engage_desktop.app.protocol_explain import Place
    from engage_desktop.app.replay import read_design
    from engage_desktop.cli import campaigns_path, instant, open_log, progress_bar
    from engage_desktop.engine import compile_campaigns

    if (audience is None) == (journey is None):
        raise UserError("Say what to explain: either --audience KEY or --journey KEY.")
    if audience is not None and (step or branch or exit_):
        raise UserError("--step, --branch and --exit belong to a journey; name it with --journey.")
    if exit_ is not None and (step or branch):
        raise UserError("Ask either about an exit rule (--exit) or about a step (--step).")
    at_us = instant(at, "--at")
    design_path = campaigns_path(campaigns, workspace)
    design, _ = read_design(design_path)
    plan = compile_campaigns(design, identifiers(read_lists(design, design_path.parent, workspace)))
    with progress_bar(as_json) as progress:
        opened = open_log(log, workspace, design, reading, progress)
    place = Place(audience, journey, step, branch, exit_)
    found = explain_place(plan, opened.store, place, profile, at_us, unfold=unfold, seed=seed)
    if as_json:
        print(json.dumps(found.json, ensure_ascii=False))
    else:
        _print(found)


def _print(found: Explanation) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    for sentence in (found.sentence, found.change, found.later, found.span):
        if sentence is not None:
            console.print(Text(sentence), soft_wrap=True)
    above: list[Tree] = []
    for line in found.tree:
        node = above[line.depth - 1].add(_label(line)) if line.depth else Tree(_label(line))
        above[line.depth :] = [node]
    console.print(above[0])


def _label(line: WhyLine) -> Text:
    from rich.text import Text

    label = Text("yes  " if line.verdict else "no   ", style="green" if line.verdict else "red")
    label.append(f"{line.who}: " if line.who else "", style="default")
    label.append(line.text, style="default")
    for value in line.values:
        label.append(f"\n     {value}", style="dim")
    return label
