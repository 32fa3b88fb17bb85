"""Checks of query texts: do they parse, have a meaning where they stand, and name what exists."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.condition_lints import lint_condition, lint_numbers
from engage_desktop.document.levels import Levels
from engage_desktop.document.sites import Site, conditions
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import Expression
from engage_desktop.domain.problem import Problem


def read(site: Site) -> Expression | Problem:
    """The tree of a text, or why it has none; line and column count from 1."""
    from engage_desktop.language import QueryError, check, parse, parse_condition

    if not site.text.strip():
        what = "definition" if site.role in ("trait", "group") else "condition"
        return Problem("error", "condition_empty", site.path, f"The {what} is empty.", "Say who or what is meant.")
    try:
        tree = parse(site.text) if site.role == "trait" else parse_condition(site.text)
        check(
            tree,
            journey=site.journey_values,
            where=site.role == "where",
            trait=site.role == "trait",
            target="users" if site.level == "user" else "accounts",
            text=site.text,
        )
    except QueryError as error:
        return Problem(
            "error",
            "condition",
            site.path,
            f"Line {error.line}, column {error.column}: {error.message}",
            f"Mend it at the ^ in: {_with_caret(site.text, error.line, error.column)}",
        )
    return tree


def check_conditions(campaigns: Campaigns) -> Iterator[Problem]:
    """Texts that do not parse or check, unknown audiences, names that are not of the one asked,
    definitions that need themselves (D-9), and lints."""
    from engage_desktop.language import references

    known = {audience.key for audience in campaigns.audiences}
    computed = {trait.key for trait in campaigns.traits}
    levels = Levels(campaigns)
    needs: dict[str, list[str]] = {}
    yield from lint_numbers(campaigns)
    for site in conditions(campaigns):
        tree = read(site)
        if isinstance(tree, Problem):
            yield tree
            continue
        found = references(tree)
        yield from levels.check(site, tree)
        yield from lint_condition(site, tree)
        for key in found.audiences:
            if key not in known:
                yield _unknown_audience(site.path, key, known)
        kind, _, rest = site.path.partition(".")
        if kind in ("audiences", "traits"):
            reads = [*found.audiences, *(name for name in found.traits if name in known | computed)]
            needs.setdefault(rest.rpartition(".")[0], []).extend(reads)
    yield from _circles(needs, known)


def _unknown_audience(path: str, key: str, known: set[str]) -> Problem:
    choice = f"Use one of: {', '.join(sorted(known))}." if known else "Make the audience first."
    return Problem("error", "unknown_audience", path, f"There is no audience {key!r}.", choice)


def _circles(needs: dict[str, list[str]], audiences: set[str]) -> Iterator[Problem]:
    done: set[str] = set()
    for origin in needs:
        if origin in done:
            continue
        trail: list[str] = []
        waiting: list[tuple[str, int]] = [(origin, 0)]
        while waiting:
            key, position = waiting.pop()
            if position == 0:
                trail.append(key)
            targets = needs.get(key, [])
            if position < len(targets):
                waiting.append((key, position + 1))
                target = targets[position]
                if target in trail:
                    circle = [*trail[trail.index(target) :], target]
                    kind = "audiences" if target in audiences else "traits"
                    message = f"The definition needs itself: {' -> '.join(circle)}."
                    mend = "Take one of these out of the other's definition."
                    yield Problem("error", "definition_cycle", f"{kind}.{target}.definition", message, mend)
                elif target not in done:
                    waiting.append((target, 0))
            else:
                done.add(key)
                trail.pop()


_AROUND = 80
"""Characters shown on either side of a fault; conditions may be long."""


def _with_caret(text: str, line: int, column: int) -> str:
    """The line of a text with a caret before the character at fault."""
    lines = text.split("\n")
    shown = lines[line - 1] if line <= len(lines) else ""
    before, after = shown[: column - 1], shown[column - 1 :]
    if len(before) > _AROUND:
        before = f"...{before[-_AROUND:]}"
    if len(after) > _AROUND:
        after = f"{after[:_AROUND]}..."
    return f"{before}^{after}".strip()
