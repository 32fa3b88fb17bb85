"""The command line: the same use cases as the window, for scripts and terminals.

Exit codes: 0 done, 1 the input or the design is at fault (one sentence on stderr), 2 wrong
usage. With `--json` the result, and nothing else, is printed on stdout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from engage_desktop.app.ending import ended, say
from engage_desktop.cli_approve import approve
from engage_desktop.cli_explain import explain
from engage_desktop.cli_reading import Reading, reads_logs
from engage_desktop.cli_validate import validate
from engage_desktop.domain.errors import InputError, UserError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Design customer campaigns and prove them on a real log. Without a command, the window opens.",
)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")]
LogOption = Annotated[list[Path] | None, typer.Option("--log", help="Event log; may repeat.", readable=False)]
CampaignsOption = Annotated[Path | None, typer.Option("--campaigns", help="Campaign file.", readable=False)]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", help="Workspace folder, instead of --campaigns, --log or both.", readable=False),
]
INTERRUPTED = 130
"""What typer answers for Ctrl+C."""


def run(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    return ended(lambda: _run(arguments))


def _run(arguments: list[str]) -> int:
    try:
        code = app(args=arguments, prog_name="engage", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        usage = _usage_error(error)
        if usage is None:
            raise
        say(usage)
        return 2
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _usage_error(error: Exception) -> str | None:
    format_message = getattr(error, "format_message", None)
    if format_message is None:
        return None
    context = getattr(error, "ctx", None)
    hint = f" See: {context.command_path} --help" if context is not None else ""
    return f"{format_message()}{hint}"


def _print_json(body: Any) -> None:
    print(json.dumps(body, ensure_ascii=False))


@contextmanager
def progress_bar(as_json: bool) -> Iterator[Any]:
    """A bar on stderr where it is a terminal; yields the progress callback or None."""
    if as_json or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda fraction, sentence: bar.update(task, completed=fraction, description=sentence)


def campaigns_path(campaigns: Path | None, workspace: Path | None) -> Path:
    if campaigns is not None:
        return campaigns
    if workspace is None:
        raise UserError("Name a campaign file with --campaigns, or a workspace with --workspace.")
    from engage_desktop.app.workspace import CAMPAIGNS, need_folder

    need_folder(workspace)
    return workspace / CAMPAIGNS


def open_log(
    logs: list[Path] | None, workspace: Path | None, campaigns: Any, reading: Reading | None, progress: Any
) -> Any:
    from engage_desktop.app.importing import open_workspace_log
    from engage_desktop.app.replay import open_logs

    if logs:
        mapping, options = reading or (None, None)
        return open_logs(logs, campaigns, mapping=mapping, options=options, progress=progress)
    if workspace is None:
        raise UserError("Name a log with --log, or a workspace that holds one with --workspace.")
    log = open_workspace_log(workspace)
    if log is None:
        raise InputError(
            f"{workspace}: this workspace holds no log yet. Add one with: engage import LOG --workspace {workspace}"
        )
    return log


def instant(text: str | None, option: str) -> int | None:
    from engage_desktop.domain.duration import parse_instant

    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise UserError(f"{option}: {error}") from None


@app.command("import")
@reads_logs
def import_(
    logs: Annotated[
        list[Path],
        typer.Argument(help="Logs: .jsonl (.gz, .zst), .csv, .xlsx, .parquet.", metavar="LOG...", readable=False),
    ],
    workspace: Annotated[
        Path, typer.Option("--workspace", help="Workspace folder; made when it is not there.", readable=False)
    ],
    reading: Reading,
    as_json: JsonFlag = False,
) -> None:
    """Add logs to a workspace. How a file is written is found out and printed; options say it instead.

    Example: engage import orders.jsonl.gz --workspace shop

    Example: engage import orders.csv --workspace shop --map when=timestamp --dates day-first --zone Europe/London
    """
    from engage_desktop.app.importing import import_logs, need_logs, source_name, workspace_identity
    from engage_desktop.app.workspace import create_workspace, discard_workspace
    from engage_desktop.events import NOTICE_CODES

    need_logs(logs)
    made = create_workspace(workspace, workspace.resolve().name)
    try:
        with progress_bar(as_json) as progress:
            log = import_logs(
                workspace,
                logs,
                identity=workspace_identity(workspace),
                mapping=reading.mapping,
                options=reading.options,
                progress=progress,
            )
    except BaseException:
        if made:
            discard_workspace(workspace)
        raise
    from engage_desktop.domain.duration import format_instant

    store = log.store
    body = {
        "read": log.read,
        "kept": log.read - log.rejected - log.duplicates,
        "rejected": log.rejected,
        "duplicates": log.duplicates,
        "profiles": store.n_profiles,
        "first": None if store.first_us is None else format_instant(store.first_us),
        "last": None if store.last_us is None else format_instant(store.last_us),
        "files": [asdict(one) for one in log.files],
    }
    if as_json:
        _print_json(body)
        return
    for one in log.files:
        refused = f", {one.rejected:,} rejected" if one.rejected else ""
        print(f"{one.name}: {one.how()}; {one.read:,} records{refused}.")
    print(
        f"Read {body['read']:,}, kept {body['kept']:,}, rejected {body['rejected']:,}, duplicates {body['duplicates']:,}."
    )
    span = "" if store.first_us is None else f", {body['first']} to {body['last']}"
    print(f"{store.n_profiles:,} people, {store.n_events:,} events{span}.")
    findings = store.rejects()
    for finding in findings[:5]:
        what = "notice" if finding.code in NOTICE_CODES else "rejected"
        place = f"{source_name(finding.file)} line {finding.line}, {finding.field or 'record'}"
        print(f"  {what}: {place}: {finding.message} ({finding.code})")
    if len(findings) > 5:
        print(f"  ... and {len(findings) - 5:,} more; the Data page lists them all.")


app.command()(validate)


@app.command()
def query(
    text: Annotated[str, typer.Argument(help="A condition or trait in the query language.")], as_json: JsonFlag = False
) -> None:
    """Print the canonical text and type of an expression, or its error with a caret.

    Example: engage query "event('Order Completed').within(90 days).count() >= 2"
    """
    from engage_desktop.language import QueryError, check, parse, to_text, type_of

    try:
        expression = parse(text)
        check(expression, journey=True, target=None, text=text)
    except QueryError as error:
        if not as_json:
            raise UserError(
                f"{error.message} (line {error.line}, column {error.column})\n{error.caret(text)}"
            ) from None
        _print_json({"ok": False, "error": {"message": error.message, "line": error.line, "column": error.column}})
        raise typer.Exit(1) from None
    if as_json:
        _print_json({"ok": True, "canonical": to_text(expression), "type": type_of(expression)})
    else:
        print(to_text(expression))
        print(f"type: {type_of(expression)}")


@app.command()
@reads_logs
def audience(
    key: Annotated[str, typer.Argument(help="Key of the audience.")],
    reading: Reading,
    campaigns: CampaignsOption = None,
    log: LogOption = None,
    workspace: WorkspaceOption = None,
    at: Annotated[str | None, typer.Option("--at", help="Instant with zone; default the log's last.")] = None,
    ids: Annotated[bool, typer.Option("--ids", help="List the members.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Size, and members, of an audience at an instant.

    Example: engage audience loyal --campaigns campaigns.json --log log.jsonl.zst --at 2011-06-01T00:00:00Z --ids
    """
    from engage_desktop.app.lists import read_lists
    from engage_desktop.app.replay import audience_at, read_design, unseen_events
    from engage_desktop.domain.duration import format_instant

    path = campaigns_path(campaigns, workspace)
    design, _ = read_design(path)
    lists = read_lists(design, path.parent, workspace)
    with progress_bar(as_json) as progress:
        opened = open_log(log, workspace, design, reading, progress)
    at_us, members = audience_at(design, opened, key, instant(at, "--at"), lists)
    if as_json:
        body: dict[str, Any] = {"audience": key, "at": format_instant(at_us), "size": len(members)}
        _print_json(body | ({"profiles": members} if ids else {}))
        return
    for remark in unseen_events(design, opened, key):
        print(f"Remark: {remark}", file=sys.stderr)
    asked = design.audience(key)
    who = "accounts" if asked is not None and asked.level == "account" else "people"
    print(f"{key}: {len(members):,} {who} at {format_instant(at_us)}")
    for member in members if ids else ():
        print(member)


app.command()(explain)


@app.command()
@reads_logs
def simulate(
    out: Annotated[Path, typer.Option("--out", help="Folder of the run.", readable=False)],
    reading: Reading,
    campaigns: CampaignsOption = None,
    log: LogOption = None,
    workspace: WorkspaceOption = None,
    from_: Annotated[str | None, typer.Option("--from", help="First instant; default the log's first.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last instant; default the log's last.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of every draw.")] = 0,
    only: Annotated[list[str] | None, typer.Option("--only", help="Run this campaign alone; may repeat.")] = None,
    replicates: Annotated[
        int,
        typer.Option("--replicates", help="Draw so many replicates for the ranges of figures; 100 is a good number."),
    ] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Replay a log through the campaigns and write the run.

    Example: engage simulate --campaigns campaigns.json --log log.jsonl.zst --seed 7 --out run
    """
    from engage_desktop.app.lists import read_lists
    from engage_desktop.app.replay import read_design, remarks, replay, write_run

    path = campaigns_path(campaigns, workspace)
    design, problems = read_design(path)
    lists = read_lists(design, path.parent, workspace)
    window = (instant(from_, "--from"), instant(to, "--to"))
    begun = perf_counter()
    with progress_bar(as_json) as progress:
        opened = open_log(log, workspace, design, reading, progress)
        replayed = replay(
            design,
            opened,
            lists=lists,
            window=window,
            seed=seed,
            only=only or (),
            problems=problems,
            load_seconds=perf_counter() - begun,
            progress=progress,
            replicates=replicates,
        )
    body = write_run(replayed, out)
    if as_json:
        _print_json(body)
        return
    for problem in problems:
        print(f"{problem.severity}: {problem.sentence()}")
    _print_summary(body, remarks(replayed))


def _print_summary(body: dict[str, Any], assumed: list[str]) -> None:
    width = max(len(name) for name in body["counts"])
    for name, count in body["counts"].items():
        print(f"{name:<{width}}  {count:>12,}")
    for sentence in assumed:
        print(sentence)
    seconds = body["seconds"]
    print(f"load {seconds['load']:.2f} s, run {seconds['run']:.2f} s, write {seconds['write']:.2f} s")
    print(f"Run      {body['run']}")


@app.command()
def experiment(
    run: Annotated[Path | None, typer.Argument(help="Folder of a run.", metavar="[RUN]", readable=False)] = None,
    journey: Annotated[str | None, typer.Option("--journey", help="Journey of the split.")] = None,
    step: Annotated[str | None, typer.Option("--step", help="The random split.")] = None,
    metric: Annotated[
        str,
        typer.Option(
            "--metric",
            help="goal, event:NAME, count:NAME, sum:NAME.property, mean:NAME.property; with --table a column.",
        ),
    ] = "goal",
    within: Annotated[
        str | None, typer.Option("--within", help="Count what happens this long after the split, such as 14d.")
    ] = None,
    log: LogOption = None,
    workspace: WorkspaceOption = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="A table of a test run elsewhere, CSV or Parquet.", readable=False)
    ] = None,
    arm: Annotated[str | None, typer.Option("--arm", help="With --table: the column that names the arm.")] = None,
    control: Annotated[str | None, typer.Option("--control", help="The arm that the others are compared with.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare the arms of a random split, or of a test run elsewhere.

    Example: engage experiment run --journey welcome_offer --step offer --metric goal --log log.jsonl.zst
    """
    from engage_desktop.app.experiments import experiment_of_run, experiment_of_table, lines

    if table is not None:
        if arm is None:
            raise UserError("--table needs --arm COLUMN, the column that names the arm of each row.")
        body = experiment_of_table(table, arm, metric, control)
    elif run is None or journey is None or step is None:
        raise UserError("Name a run, --journey and --step; or a table of a test run elsewhere with --table and --arm.")
    else:
        body = experiment_of_run(
            run, journey, step, metric, within, logs=log or [], workspace=workspace, control=control
        )
    if as_json:
        _print_json(body)
    else:
        print("\n".join(lines(body)))


@app.command()
def sync(
    run: Annotated[Path, typer.Argument(help="Folder of a run.", readable=False)],
    destination: Annotated[str, typer.Option("--destination", help="Key of the destination.")],
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            help="Workspace whose log, approvals and outbox apply; default the one the run was saved in.",
            readable=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, send nothing.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Only send what an earlier sync left in the outbox.")
    ] = False,
    recipients: Annotated[
        int | None,
        typer.Option(
            "--recipients",
            help="Let lists reach real people: how many, as the dry run says; default the allow-list alone.",
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Deliver a run to a destination, or print the ledger of what would be.

    Example: engage sync shop/runs/20261123-101500 --destination warehouse --workspace shop --dry-run
    """
    from engage_desktop.app.delivering import dry_run_of, sync_run

    if dry_run:
        ledger = dry_run_of(run, destination, workspace, recipients)
        if as_json:
            _print_json(ledger.as_json())
        else:
            print("\n".join(ledger.lines()))
        return
    with progress_bar(as_json) as progress:
        result = sync_run(run, destination, workspace, resume=resume, recipients=recipients, progress=progress)
    unfinished = bool(result.failed or result.pending)
    if as_json:
        _print_json(result.as_json())
    elif not unfinished:
        print(result.sentence())
    if unfinished:
        say(result.sentence())
        raise typer.Exit(1)


app.command()(approve)


def replay_headless(workspace: Path | None) -> Path:
    """Replay a workspace (default: the sample), print the summary, save the run; returns the workspace."""
    from engage_desktop.app.lists import read_lists
    from engage_desktop.app.replay import read_design, remarks, replay
    from engage_desktop.app.sample import ensure_sample
    from engage_desktop.app.workspace import CAMPAIGNS, need_folder, save_run

    if workspace is None:
        with progress_bar(False) as progress:
            workspace = ensure_sample(progress=progress)
    if workspace.is_file():
        raise UserError(
            f"{workspace}: without a display a campaign file can only be replayed over a log. "
            f"Do it with: engage simulate --campaigns {workspace} --log LOG --out RUN"
        )
    need_folder(workspace)
    design, problems = read_design(workspace / CAMPAIGNS)
    lists = read_lists(design, workspace)
    begun = perf_counter()
    opened = open_log(None, workspace, design, None, None)
    replayed = replay(design, opened, lists=lists, problems=problems, load_seconds=perf_counter() - begun)
    begun = perf_counter()
    folder = save_run(workspace, replayed)
    from engage_desktop.app.replay import counts

    seconds = replayed.seconds | {"write": perf_counter() - begun}
    print(f"Workspace {design.workspace.name}: {workspace}")
    _print_summary({"run": str(folder), "counts": counts(replayed), "seconds": seconds}, remarks(replayed))
    return workspace
