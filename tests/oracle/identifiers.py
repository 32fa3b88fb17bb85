"""Which identifiers a record shows, how strong they are, how many a profile may have (section 2.4, ID-1..ID-5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.workspace import Identity
from tests.oracle.rules import Rules

Identifier = tuple[str, str]
SYSTEMS = ("android", "ios")
BUILT_IN = (
    "user_id", "email", "anonymous_id", "ga_client_id",
    *(f"{system}.{part}" for system in SYSTEMS for part in ("id", "idfa", "push_token")),
)  # fmt: skip
ALWAYS_BLOCKED = ("/[0-]*/", "-1", "null", "anonymous")  # ID-5, D-47
FIRST_RANKS = {"user_id": 1, "email": 2}  # ID-3


class IdentitySettings:
    """`identity` of a campaign file over the defaults: types, limits, ranks (small = strong), blocked values."""

    def __init__(self, identity: Identity | None, rules: Rules) -> None:
        self.rules = rules
        given = identity or Identity()
        named = {rule.type: rule for rule in given.identifiers}
        self.own = [kind for kind in named if kind not in BUILT_IN]
        kinds = [*BUILT_IN, *self.own]
        self.limit: dict[str, int] = {}
        self.per: dict[str, int | None] = {}
        for kind in kinds:
            rule = named.get(kind)
            usual = 1 if kind == "user_id" and rules.one_user_id else 5  # ID-2, D-47
            self.limit[kind] = usual if rule is None or rule.limit is None else rule.limit
            self.per[kind] = None if rule is None or rule.per is None else parse_duration(rule.per)
        # ID-3: what is not given is user_id 1, email 2, the others from 3 on by name
        ranks = {kind: rule.priority for kind, rule in named.items() if rule.priority is not None}
        ungiven = sorted((kind for kind in kinds if kind not in ranks), reverse=not rules.ranks_by_name)
        others = [kind for kind in ungiven if kind not in FIRST_RANKS]
        ranks |= {kind: FIRST_RANKS[kind] for kind in ungiven if kind in FIRST_RANKS}
        ranks |= {kind: rank for rank, kind in enumerate(others, 3)}
        self.kinds = sorted(kinds, key=lambda kind: (ranks[kind], kind))  # strongest first
        self.blocked = [*(ALWAYS_BLOCKED if rules.usual_values_blocked else ()), *given.blocked]

    def is_blocked(self, value: str) -> bool:
        """ID-5: an exact value, or a pattern that matches the whole value."""
        for entry in self.blocked:
            if len(entry) > 2 and entry.startswith("/") and entry.endswith("/"):
                pattern = re.compile(entry[1:-1])
                if pattern.fullmatch(value) or (not self.rules.pattern_matches_whole and pattern.search(value)):
                    return True
            elif value == entry:
                return True
        return False


def extract(
    record: Mapping[str, Any],
    call: str,
    traits: dict[str, Any],
    context: dict[str, Any],
    settings: IdentitySettings,
    rules: Rules,
) -> list[Identifier]:
    """Every identifier shown, each once, strongest first; of one type in the order of reading."""
    found: list[Identifier] = []
    for kind, value in _shown(record, call, traits, context, settings, rules):
        text = _text(value)
        if text and kind in settings.kinds and (kind, text) not in found:
            found.append((kind, text))
    return sorted(found, key=lambda one: settings.kinds.index(one[0]))  # stable


def _shown(
    record: Mapping[str, Any],
    call: str,
    traits: dict[str, Any],
    context: dict[str, Any],
    settings: IdentitySettings,
    rules: Rules,
) -> Iterator[tuple[Any, Any]]:
    yield "user_id", record.get("userId")
    yield "anonymous_id", record.get("anonymousId")
    if call == "alias" and not rules.previous_id_is_no_identifier:  # EV-9, D-53
        yield "anonymous_id", record.get("previousId")
    if call != "group" or not rules.group_traits_are_the_accounts:  # EV-5: the mail of an account
        yield "email", traits.get("email")
    if rules.context_mail_identifies:  # EV-8
        yield "email", _object(context.get("traits")).get("email")
    device = _object(context.get("device"))
    system = device.get("type")
    if isinstance(system, str) and system.lower() in SYSTEMS:
        system = system.lower() if rules.device_types_apart else "android"
        yield f"{system}.id", device.get("id")
        if device.get("adTrackingEnabled") is True or not rules.idfa_needs_tracking:
            yield f"{system}.idfa", device.get("advertisingId")
        yield f"{system}.push_token", device.get("token")
    yield "ga_client_id", _object(_object(context.get("integrations")).get("Google Analytics")).get("clientId")
    for kind in settings.own:
        if call == "identify" or not rules.own_traits_of_identify_only:
            yield kind, traits.get(kind)
    entries = context.get("externalIds")
    for entry in entries if isinstance(entries, list) else []:
        whole = isinstance(entry, dict) and all(key in entry for key in ("id", "type", "collection", "encoding"))
        if whole and entry["encoding"] == "none":
            if entry["collection"] == "users" or not rules.external_ids_of_users_only:
                yield entry["type"], entry["id"]
        elif isinstance(entry, dict) and not rules.external_ids_are_whole:
            yield entry.get("type"), entry.get("id")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    """Texts as they stand and numbers in their text form (D-40) identify, nothing else does."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(int(value) if float(value).is_integer() else value)
    return None
