"""The variants of a broadcast: who gets which message, and who is held out (D-26)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QFrame, QWidget

from engage_desktop.document import unused_key
from engage_desktop.domain.message import Variant
from engage_desktop.ui.inspector.branches import HoldoutField, tool
from engage_desktop.ui.inspector.edits import sentence
from engage_desktop.ui.inspector.fields import ChoiceField, Field, NumberField, TextField
from engage_desktop.ui.widgets.common import button, clear, column, label, row

Put = Callable[[str, tuple[Variant, ...]], str | None]


def with_variant(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """One more: of none two halves, else one with nobody in it yet."""
    if not variants:
        return (Variant(key="a", percent=50), Variant(key="b", percent=50))
    key = unused_key("abcdefghijklmnopqrstuvwxyz"[len(variants) % 26], [one.key for one in variants])
    return (*variants, Variant(key=key, percent=0))


def without_variant(variants: tuple[Variant, ...], place: int) -> tuple[Variant, ...]:
    """One less; its share goes to the first that is left."""
    rest = [*variants[:place], *variants[place + 1 :]]
    if rest:
        total = round(rest[0].percent + variants[place].percent, 9)
        rest[0] = rest[0].with_(percent=int(total) if total == int(total) else total)
    return tuple(rest)


def even_shares(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Equal shares in hundredths of a percent; the first takes what is left."""
    each = 10_000 // len(variants)
    first = 10_000 - each * (len(variants) - 1)
    shares = [(first if place == 0 else each) / 100 for place in range(len(variants))]
    return tuple(
        variant.with_(percent=int(share) if share == int(share) else share)
        for variant, share in zip(variants, shares, strict=True)
    )


class VariantRow(QFrame):
    """One variant."""

    def __init__(self, owner: VariantRows, place: int) -> None:
        super().__init__()
        self.setProperty("kind", "branch")
        stem, spoken = f"broadcast.variant.{place}", f"Variant {place + 1}"
        self.setObjectName(stem)

        def put(field: str) -> Any:
            return lambda value: owner.set_field(place, field, value)

        key = TextField("", f"{stem}.key", put("key"), optional=False, spoken=f"{spoken}: key")
        percent = NumberField("", f"{stem}.percent", put("percent"), spoken=f"{spoken}: percent")
        percent.setFixedWidth(60)
        message = ChoiceField("", f"{stem}.message", put("message"), spoken=f"{spoken}: message")
        role = HoldoutField(f"{stem}.role", put("role"), spoken)
        self._fields: dict[str, Field] = {"key": key, "percent": percent, "message": message, "role": role}
        self._message = message
        remove = tool(f"{stem}.remove", f"Remove {spoken.lower()}", "x")
        remove.clicked.connect(lambda: owner.run("Remove a variant", without_variant(owner.variants, place)))
        layout = column(self, (8, 8, 8, 8), 8)
        layout.addLayout(row(key, percent, label("%", "muted"), remove, spacing=4))
        layout.addWidget(message)
        layout.addWidget(role)

    def load(self, variant: Variant, messages: Sequence[tuple[str, Any]]) -> None:
        self._message.set_choices(list(messages))
        for name, made in self._fields.items():
            made.set_value(getattr(variant, name))


class VariantRows(QWidget):
    """`put` gets what an edit is called and the new variants."""

    def __init__(self, put: Put) -> None:
        super().__init__()
        self._put = put
        self.variants: tuple[Variant, ...] = ()
        self._rows: list[VariantRow] = []
        layout = column(self, spacing=8)
        layout.addWidget(label("Variants", "heading"))
        self._list = column(spacing=8)
        layout.addLayout(self._list)
        self._sum = label("", "muted", "broadcast.variants.sum")
        add = button("Add variants", "broadcast.variant.add", "link")
        add.clicked.connect(lambda: self.run("Add a variant", with_variant(self.variants)))
        self._even = button("Even shares", "broadcast.variant.even", "link")
        self._even.clicked.connect(lambda: self.run("Even shares", even_shares(self.variants)))
        self._add = add
        layout.addLayout(row(add, self._even, "stretch", self._sum, spacing=16))
        self._refused = label("", "field-error", "broadcast.variants.error", wrap=True)
        self._refused.hide()
        layout.addWidget(self._refused)

    def run(self, words: str, variants: tuple[Variant, ...]) -> None:
        refused = self._put(words, variants)
        self._refused.setText(refused or "")
        self._refused.setVisible(bool(refused))

    def set_field(self, place: int, field: str, value: Any) -> str | None:
        if field == "key" and value in {one.key for at, one in enumerate(self.variants) if at != place}:
            return f"There is already a variant {value!r}. Choose another key."
        try:
            changed = self.variants[place].with_(**{field: value})
        except ValueError as error:
            return sentence(error)
        variants = tuple(changed if at == place else one for at, one in enumerate(self.variants))
        return self._put(f"Change the {field} of a variant", variants)

    def remake(self) -> None:
        """Make the rows anew: their icons have the old colours."""
        clear(self._list)
        self._rows = []

    def load(self, variants: tuple[Variant, ...], messages: Sequence[tuple[str, Any]]) -> None:
        """Show these; `messages` are offered as (name, key)."""
        self.variants = variants
        if len(variants) != len(self._rows):
            clear(self._list)
            self._rows = [VariantRow(self, place) for place in range(len(variants))]
            for made in self._rows:
                self._list.addWidget(made)
        for made, variant in zip(self._rows, variants, strict=True):
            made.load(variant, messages)
        self._add.setText("Add variant" if variants else "Add variants")
        self._even.setVisible(bool(variants))
        self._sum.setVisible(bool(variants))
        self._sum.setText(f"{sum(one.percent for one in variants):g} % in all")
