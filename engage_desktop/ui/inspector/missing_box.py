"""What the selected thing names although it is gone, each with its mend: use another, or bring it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QWidget

from engage_desktop.document.change import LISTS, Change
from engage_desktop.document.missing import Missing, bring_back, missing, name_of, removed, use_another
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.inspector.fields import ChoiceField
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import button, clear, column, label, row


class MissingBox(QWidget):
    """Empty and hidden while nothing is missing."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("inspector.missing")
        self._session = session
        self._shown: tuple[object, ...] = ()
        self._layout = column(self, spacing=8)
        self.hide()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Follow the problems of what is selected."""
        found = tuple(gone for gone in missing(problems) if not self._is_there(gone))
        shown = (found, tuple(self._offered(gone) for gone in found))
        if shown != self._shown:
            self._shown = shown
            clear(self._layout)
            for gone in found:
                self._layout.addWidget(self._card(gone))
        self.setVisible(bool(found))

    def _is_there(self, gone: Missing) -> bool:
        """Whether it came back since the problems were found."""
        return any(item.key == gone.key for item in getattr(self._session.campaigns, LISTS[gone.kind]))

    def _offered(self, gone: Missing) -> tuple[tuple[str, str], ...]:
        items = getattr(self._session.campaigns, LISTS[gone.kind])
        return tuple((item.name or item.key, item.key) for item in items if getattr(item, "level", "user") == "user")

    def _card(self, gone: Missing) -> QFrame:
        document, stem = self._session.document, f"inspector.missing.{gone.kind}.{gone.key}"
        name = name_of(document, gone)
        made = QFrame()
        made.setObjectName(stem)
        made.setProperty("kind", "branch")
        known = removed(document, gone.kind, gone.key) is not None
        says = f"The {gone.kind} “{name}” was deleted and is still named here."
        says = says if known else f"There is no {gone.kind} “{name}”, and it is named here."
        again = button("Bring it back" if known else "Make it", f"{stem}.back", "link")
        again.setAccessibleName(f"{again.text()}: {gone.kind} {name}")
        again.clicked.connect(lambda: self._apply(lambda: bring_back(document, gone)))
        layout = column(made, (8, 8, 8, 8), 8)
        layout.addWidget(label(says, "", f"{stem}.words", wrap=True))
        offered = self._offered(gone)
        if offered:
            another = ChoiceField(
                "Use another",
                f"{stem}.another",
                lambda key: self._apply(lambda: use_another(self._session.campaigns, gone, key)),
                offered,
                spoken=f"Use another {gone.kind} in place of {name}",
            )
            another.combo.setCurrentIndex(-1)
            another.combo.setPlaceholderText(f"Choose the {gone.kind}")
            layout.addWidget(another)
        layout.addLayout(row(again, "stretch"))
        return made

    def _apply(self, make: Callable[[], Change]) -> str | None:
        try:
            self._session.document.apply(make())
        except UserError as error:
            return str(error)
        return None
