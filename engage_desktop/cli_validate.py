"""`engage validate`: what is wrong with a campaign file, and with a log also what the run shows to be wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engage_desktop.cli_reading import Reading, reads_logs

if TYPE_CHECKING:
    from engage_desktop.analysis.lints import Found
    from engage_desktop.domain.campaigns import Campaigns
    from engage_desktop.domain.problem import Problem
    from engage_desktop.engine import Run

_FIELDS = ("severity", "code", "path", "message", "mend")


@reads_logs
def validate(
    reading: Reading,
    campaigns: Annotated[
        Path | None, typer.Argument(help="Campaign file; not needed with --workspace.", readable=False)
    ] = None,
    log: Annotated[
        list[Path] | None, typer.Option("--log", help="Event log to run the design on; may repeat.", readable=False)
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace", help="Workspace folder, instead of the campaign file, --log or both.", readable=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="With a log: seed of every draw of the run.")] = 0,
    ids: Annotated[
        bool, typer.Option("--ids", help="With a log: list the people that each problem of the run names.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")
    ] = False,
) -> None:
    """List the problems of a campaign file: code, severity, path, and how to mend it.

    With --log or --workspace a design without errors is also run, and what the run shows to be wrong is told with the
    number of people it names: somebody who is messaged although what let them in no longer holds, a branch that nobody
    takes, a filter that can never follow its trigger, an event that the log has never shown. "observed" or "assumed"
    says what that number rests on. These are warnings: alone they leave the exit code at 0.

    Example: engage validate campaigns.json

    Example: engage validate campaigns.json --log log.jsonl.zst --ids
    """
    from engage_desktop.app.lists import list_problems
    from engage_desktop.cli import campaigns_path
    from engage_desktop.document import load
    from engage_desktop.document import validate as validate_campaigns

    if campaigns is None and workspace is None:
        raise typer.BadParameter("Name a campaign file, or a workspace with --workspace.", param_hint="CAMPAIGNS")
    path = campaigns_path(campaigns, workspace)
    design, problems = load(path)
    if design is not None:
        found = validate_campaigns(design)
        if not any(problem.is_error for problem in found):  # a list that is not even well named is told once
            found = (*list_problems(design, path.parent, workspace), *found)
        problems = (*problems, *found)
    broken = any(problem.is_error for problem in problems)
    told = [({name: getattr(problem, name) for name in _FIELDS}, _line(problem)) for problem in problems]
    if design is not None and not broken and (log or workspace):
        told += _of_run(design, path, log, workspace, reading, seed, ids=ids, as_json=as_json)
    if as_json:
        print(json.dumps({"problems": [body for body, _ in told]}, ensure_ascii=False))
    else:
        print("\n".join(line for _, line in told) or "No problems.")
        if broken and (log or workspace):
            print("What the log shows is told once the errors are mended.")
    if broken:
        raise typer.Exit(1)


def _line(problem: Problem, more: str = "") -> str:
    return f"{problem.severity}: {problem.sentence()} [{problem.code}{more}]"


def _of_run(
    design: Campaigns, path: Path, log: list[Path] | None, workspace: Path | None, reading: Reading, seed: int,
    *, ids: bool, as_json: bool,
) -> list[tuple[dict[str, Any], str]]:  # fmt: skip
    """What the run shows, worst first, each as JSON and as text."""
    from engage_desktop.analysis.lints import find_lints
    from engage_desktop.app.lint_desk import worst_first
    from engage_desktop.app.lists import read_lists
    from engage_desktop.app.replay import replay
    from engage_desktop.cli import open_log, progress_bar
    from engage_desktop.engine import LeafCache

    lists, cache = read_lists(design, path.parent, workspace), LeafCache()
    with progress_bar(as_json) as progress:
        opened = open_log(log, workspace, design, reading, progress)
        replayed = replay(design, opened, lists=lists, seed=seed, progress=progress, cache=cache)
    run, profile_ids = replayed.run, opened.store.profile_ids
    found, more = worst_first(find_lints(run, opened.store, cache=cache))
    told = [_lint(run, one, profile_ids, ids=ids) for one in found]
    return told if more is None else [*told, ({name: getattr(more, name) for name in _FIELDS}, _line(more))]


def _lint(run: Run, found: Found, profile_ids: Any, *, ids: bool) -> tuple[dict[str, Any], str]:
    from engage_desktop.analysis.lint_kinds import kind_of
    from engage_desktop.domain.duration import format_instant

    problem, people, kind = found.problem, len(found.people), kind_of(run, found)
    body = {name: getattr(problem, name) for name in _FIELDS} | {"people": people, "kind": kind}
    line = _line(problem, f"; {people:,} {'person' if people == 1 else 'people'}, {kind}" if people else f"; {kind}")
    if ids:
        rows = [
            (profile_ids[who], format_instant(at))
            for who, at in zip(found.people.tolist(), found.at.tolist(), strict=True)
        ]
        body["profiles"] = [{"profile": who, "at": at} for who, at in rows]
        line = "\n".join([line, *(f"  {who}  {at}" for who, at in rows)])
    return body, line
