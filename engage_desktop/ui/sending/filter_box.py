"""A box that lets through one of what there is, or everything."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QComboBox


class FilterBox(QComboBox):
    """`everything` is what the choice of no key is called."""

    def __init__(self, name: str, spoken: str, everything: str) -> None:
        super().__init__()
        self._everything = everything
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    @property
    def chosen(self) -> str:
        """A key; empty for everything."""
        return str(self.currentData() or "")

    def offer(self, choices: Mapping[str, str], chosen: str) -> None:
        """Fill with names by key; `chosen` is kept where it is still offered."""
        self.clear()
        self.addItem(self._everything, "")
        for key, name in choices.items():
            self.addItem(name, key)
        self.setCurrentIndex(max(self.findData(chosen), 0))
