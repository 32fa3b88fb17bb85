"""How the next files to import are written, where that is not to be found out: the options of `engage import`."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from engage_desktop.ui.widgets.common import Card, button, label, row

_FOUND_OUT = "Find out"
_CHOICES = (
    ("dates", "Dates such as 03/04/2011", (("Day first", "day-first"), ("Month first", "month-first"))),
    ("decimal", "Decimal sign", (("Point", "point"), ("Comma", "comma"))),
    (
        "delimiter",
        "Between columns",
        (("Comma", "comma"), ("Semicolon", "semicolon"), ("Tab", "tab"), ("Pipe", "pipe")),
    ),
    ("encoding", "Encoding", (("UTF-8", "utf-8"), ("UTF-16", "utf-16"), ("Windows-1252", "cp1252"))),
)
_TEXTS = (
    ("zone", "Zone of times without one", "none: they are refused"),
    ("sheet", "Sheet of a workbook", "the first"),
    ("map", "Rename columns", "when = timestamp, customer = user_id"),
)


class ImportOptions(Card):
    """`again` asks to import the files that were just refused once more, with what is chosen now."""

    again = Signal()

    def __init__(self) -> None:
        super().__init__("data.options")
        self.body.addWidget(label("How files are read", "title"))
        note = "Delimiter, decimals, dates and encoding are found out. Say here what cannot be; the workspace remembers it."
        self.body.addWidget(label(note, "muted", wrap=True))
        host = QWidget()
        grid = QGridLayout(host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        self._choices: dict[str, QComboBox] = {}
        self._texts: dict[str, QLineEdit] = {}
        for name, what, choices in _CHOICES:
            combo = QComboBox()
            combo.addItem(_FOUND_OUT, None)
            for shown, value in choices:
                combo.addItem(shown, value)
            self._choices[name] = combo
            self._place(grid, name, what, combo)
        for name, what, placeholder in _TEXTS:
            text = QLineEdit()
            text.setPlaceholderText(placeholder)
            self._texts[name] = text
            self._place(grid, name, what, text)
        grid.setColumnStretch(1, 1)
        self.body.addWidget(host)
        self._fault = label("", "warning", "data.options.fault", wrap=True)
        self._again = button("Import again", "data.options.again", "primary")
        self._again.clicked.connect(self.again)
        self._fault.hide()
        self.body.addWidget(self._fault)
        self.body.addLayout(row("stretch", self._again))
        self.offer_again(False)

    def _place(self, grid: QGridLayout, name: str, what: str, widget: QWidget) -> None:
        widget.setObjectName(f"data.options.{name}")
        widget.setAccessibleName(what)
        at = grid.rowCount()
        grid.addWidget(label(what, "muted"), at, 0)
        grid.addWidget(widget, at, 1)

    def offer_again(self, offer: bool) -> None:
        """Whether files wait to be imported once more."""
        self._again.setVisible(offer)

    def options(self) -> dict[str, str]:
        """What was said, by the names of the command line; the rest is found out."""
        said = {name: combo.currentData() for name, combo in self._choices.items()}
        said |= {name: text.text().strip() for name, text in self._texts.items() if name != "map"}
        return {name: value for name, value in said.items() if value}

    def mapping(self) -> dict[str, str] | None:
        """Columns to rename; None, and the fault shown, where that cannot be read."""
        mapping = {}
        for pair in filter(None, (part.strip() for part in self._texts["map"].text().split(","))):
            source, sign, target = (part.strip() for part in pair.partition("="))
            if not sign or not source or not target:
                self._fault.setText(f"{pair!r} renames nothing. Write the column, =, and what it is: when = timestamp.")
                self._fault.show()
                return None
            mapping[source] = target
        self._fault.hide()
        return mapping

    def reset(self) -> None:
        """Everything is found out again."""
        for combo in self._choices.values():
            combo.setCurrentIndex(0)
        for text in self._texts.values():
            text.clear()
        self.offer_again(False)
