"""Right definitions made wrong by slips: one sentence each, at the place a person would point to (D-36)."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.language.mutations import RIGHT, complaint, slips

MEND = re.compile(
    r"\b(?:write|add|put|take|takes|use|end|ends|close|compare|join|begin|make|test|name|did you mean|such as|is missing|"
    r"belongs|stands?|goe?s?|needs|has|is a whole number|knows?)\b",
    re.IGNORECASE,
)


def table() -> list[tuple[str, str, int, str]]:
    """The reviewed table: text, target, column of the caret, sentence."""
    entries = []
    text = (Path(__file__).parent / "wrong_definitions.txt").read_text(encoding="utf-8")
    for block in text.strip("\n").split("\n\n"):
        if not block.startswith("#"):
            definition, below = block.split("\n")
            definition, _, target = definition.partition("   # ")
            entries.append((definition, target or "users", below.index("^") + 1, below.partition("^ ")[2]))
    return entries


TABLE = table()


def test_the_table_is_whole() -> None:
    assert len({text for text, _, _, _ in TABLE}) >= 200
    assert len({message for _, _, _, message in TABLE}) >= 60


@pytest.mark.parametrize("definition", RIGHT)
def test_the_right_ones_are_right(definition: str) -> None:
    assert complaint(definition, RIGHT[definition]) is None


@pytest.mark.parametrize(("text", "target", "column", "message"), TABLE, ids=[text for text, _, _, _ in TABLE])
def test_wrong_definition(text: str, target: str, column: int, message: str) -> None:
    error = complaint(text, target)
    assert error is not None
    assert (error.line, error.column, str(error)) == (1, column, message)
    assert error.caret(text) == f"{text}\n{' ' * (column - 1)}^".replace("\t", " ")


@pytest.mark.parametrize("definition", RIGHT)
def test_every_slip_is_refused_in_one_sentence_at_its_place_or_means_something(definition: str) -> None:
    refused: Counter[str] = Counter()
    for slip in slips(definition, RIGHT[definition]):
        error = complaint(slip.text, slip.target)
        if error is None:
            assert slip.column is None, slip  # the slip itself says that this is wrong
            continue
        refused[slip.kind] += 1
        assert error.line == 1
        assert 1 <= error.column <= len(slip.text) + 1, slip
        assert slip.column in (None, error.column), (slip, error)
        assert MEND.search(error.message), (slip, error)
        assert error.message[-1] in ".?", error
        assert not re.search(r"[.?!] [A-Z]", error.message), error
    assert refused["left out"] + refused["twice"] + refused["swapped"] > len(definition) // 4
    assert len(refused) >= 8
