"""Random audiences and computed traits, of users and accounts, each naming only what was made before it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from tests.random_cases.conditions import Names, Writer

Definition = dict[str, Any]


def definitions(
    rng: random.Random, writer: Writer, kinds: list[str], depth: int = 2
) -> tuple[list[Definition], list[Definition], Names]:
    """Traits and audiences of the kinds given (`trait`, `account audience`, ...), in random order, and their names."""
    names = Names()
    traits: list[Definition] = []
    audiences: list[Definition] = []
    keys = {"audience": iter("abcdefgh"), "trait": iter("rstuvwxyz")}
    rng.shuffle(kinds)
    for kind in kinds:
        account = kind.startswith("account")
        what = kind.removeprefix("account ")
        key = next(keys[what]) * 2
        asked = names.asked(account)
        made: Definition = {"key": key, "name": key, "level": "account" if account else "user"}
        if what == "trait":
            traits.append(made | {"definition": writer.definition(asked)})
        else:
            made["include_anonymous"] = rng.random() < 0.3
            audiences.append(made | {"definition": writer.condition(asked, depth)})
        match kind:
            case "trait":
                names = replace(names, traits=(*names.traits, key))
            case "audience":
                names = replace(names, audiences=(*names.audiences, key))
            case "account trait":
                names = replace(names, account_traits=(*names.account_traits, key))
            case _:
                names = replace(names, account_audiences=(*names.account_audiences, key))
    rng.shuffle(traits)
    rng.shuffle(audiences)
    return traits, audiences, names
