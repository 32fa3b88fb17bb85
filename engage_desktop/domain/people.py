"""Who is meant: computed traits, audiences and where an audience is synced."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from engage_desktop.domain.base import ConditionText, DurationText, InstantText, Key, Model

Level = Literal["user", "account"]


class ComputedTrait(Model):
    key: Key
    name: str
    level: Level = "user"
    definition: ConditionText


class ListFile(Model):
    """People named by a file; the hash says which file was meant."""

    file: str
    column: str | None = None
    sha256: str


class Sync(Model):
    destination: Key
    as_: Literal["identify", "track", "list"] = Field(alias="as")
    mode: Literal["realtime", "batch"] = "realtime"
    every: DurationText | None = None
    first: InstantText | DurationText | None = None
    ids: Literal["all", "first", "last"] | None = None
    traits: tuple[str, ...] = ()
    backfill: bool = True
    resend: bool = False


class Audience(Model):
    """A living group: its definition, or a list."""

    key: Key
    name: str
    stage: Key | None = None
    level: Level = "user"
    definition: ConditionText | None = None
    list_: ListFile | None = Field(default=None, alias="list")
    include_anonymous: bool = False
    sync: tuple[Sync, ...] = ()

    @model_validator(mode="after")
    def _definition_or_list(self) -> Self:
        if (self.definition is None) == (self.list_ is None):
            raise PydanticCustomError(
                "definition_or_list", "an audience has either a definition or a list. Give one of them."
            )
        return self
