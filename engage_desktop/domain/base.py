"""What every object of a campaign file shares: frozen, keyed, strict about unknown keys.

Field order is the order of `formats.md` section 2 and therefore of the canonical file.
Texts that mean something (conditions, durations, instants) stay texts here, as authored;
whoever computes with them parses them (`language.parse`, `domain.duration`).
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from engage_desktop.domain.duration import parse_duration, parse_instant


class Model(BaseModel):
    """A frozen object. Unknown keys that start with `x-` are kept, any other is an error."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="after")
    def _refuse_unknown_keys(self) -> Self:
        for key in self.model_extra or {}:
            if not key.startswith("x-"):
                known = ", ".join(field.alias or name for name, field in type(self).model_fields.items())
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown key '{key}'. Remove it or use one of: {known}.",
                    {"key": key, "known": known},
                )
        return self

    def with_(self, **changes: Any) -> Self:
        """A validated copy with fields replaced (by attribute name)."""
        values = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        values |= changes
        return type(self).model_validate(values | (self.model_extra or {}), by_name=True)


def _duration(text: str) -> str:
    try:
        parse_duration(text)
    except ValueError as error:
        raise PydanticCustomError("duration", "{text}", {"text": str(error)}) from None
    return text


def _instant(text: str) -> str:
    try:
        parse_instant(text)
    except ValueError as error:
        raise PydanticCustomError("instant", "{text}", {"text": str(error)}) from None
    return text


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,63}$")]
DurationText = Annotated[str, AfterValidator(_duration)]
InstantText = Annotated[str, AfterValidator(_instant)]
ConditionText = str
"""Query language text; validity is the business of `document.validate`, so a draft keeps what was typed."""
Number = int | float
