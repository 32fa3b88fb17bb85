"""The small changes are those meant, each alone, and a changed module behaves as changed."""

from __future__ import annotations

from typing import Any

from tests.mutation.operators import Mutant, mutants

TEXT = '''
"""A module."""
LIMIT = 5

def f(a: int | None = 0) -> int:
    """Of a."""
    assert a is not None and a > 0, "no"
    if a < LIMIT:
        return a + 1
    for number in (7, -1):
        continue
    key = lambda one: isinstance(one, int | float)
    return min(a, 9)

def g(mask: Any) -> Mask:
    return mask & (mask < 3)

def nbytes() -> int:
    return 8 * 3
'''


def _by_change() -> dict[str, Mutant]:
    return {one.id.split(" ", 1)[0].split("#")[0] + " " + one.id.split(" ", 1)[1]: one for one in mutants("m", TEXT)}


def test_every_change_is_listed() -> None:
    assert set(_by_change()) == {
        "m 5 => 6", "m.f 0 => 1",
        "m.f a < LIMIT => a <= LIMIT",
        "m.f a + 1 => a - 1", "m.f 1 => 2",
        "m.f 7 => 8", "m.f -1 => 0", "m.f continue => pass",
        "m.f min => max", "m.f 9 => 10",
        "m.g mask & (mask < 3) => mask | (mask < 3)", "m.g mask < 3 => mask <= 3", "m.g 3 => 4",
        "m.g return mask & (mask < 3) => return ~(mask & (mask < 3))",
    }  # fmt: skip


def _run(mutant: Mutant) -> dict[str, Any]:
    names: dict[str, Any] = {"Mask": object, "Any": Any}
    exec(mutant.code(), names)
    return names


def test_a_change_changes_one_thing() -> None:
    changed = _by_change()
    assert _run(changed["m.f a < LIMIT => a <= LIMIT"])["f"](5) == 6
    assert _run(changed["m.f 9 => 10"])["f"](20) == 10
    assert _run(changed["m.f 9 => 10"])["f"](4) == 5
    assert _run(changed["m 5 => 6"])["f"](5) == 6


def test_only_what_runs_on_import_runs_always() -> None:
    always = {name for name, one in _by_change().items() if one.always}
    assert always == {"m 5 => 6", "m.f 0 => 1"}


def test_a_name_survives_other_edits() -> None:
    longer = TEXT.replace("LIMIT = 5", "OTHER = 1\n\n\nLIMIT = 5")
    assert {one.id for one in mutants("m", TEXT)} < {one.id for one in mutants("m", longer)}
