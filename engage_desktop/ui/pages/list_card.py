"""The list of an audience: its file, the column, how many the log knows, and whether the file is still the one chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QWidget

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_lists import AskList, KeepList, ListColumn, ListInfo
from engage_desktop.domain.people import Audience, Level, ListFile
from engage_desktop.ui import formats
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, label, row

FILTER = "Lists (*.csv *.tsv *.txt);;All files (*)"
HASH_SHOWN = 12


def choose_list(parent: QWidget, then: Callable[[str], None]) -> None:
    """Ask for a file in a window of its own."""
    dialog = QFileDialog(parent, "Choose a list of people", "", FILTER)
    dialog.setObjectName("list.dialog")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(then)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def keep_list(session: Session, path: str, level: Level, then: Callable[[ListInfo], None]) -> None:
    """Have a chosen file copied into the workspace; what cannot be used is told in the banner."""

    def arrived(reply: Reply) -> None:
        if isinstance(reply, ListInfo):
            then(reply)

    if session.started:
        session.ask(KeepList(_folder(session), path, level), arrived)


def named_by(info: ListInfo, wanted: str | None = None) -> ListFile:
    """How a design names the file as it is: by the wanted column if there is one, else that of which the log knows most."""
    names = [column.name for column in info.columns]
    best = max(info.columns, key=lambda column: column.known).name  # the first of equals
    column = wanted if wanted in names else best
    return ListFile(file=info.file, column=column or None, sha256=info.sha256)


def _folder(session: Session) -> str:
    return str(session.workbench.campaigns_path.parent)


class ListCard(Card):
    """Follows one audience; `edited` carries what an edit is called and the `ListFile` it makes."""

    edited = Signal(str, object)

    def __init__(self, session: Session) -> None:
        super().__init__("list.card", 8)
        self._session = session
        self._audience: Audience | None = None
        self._tried: ListInfo | None = None
        self.info: ListInfo | None = None
        self._file = label("", "strong", "list.file", wrap=True)
        self.choose = button("Choose another file…", "list.choose")
        self.choose.clicked.connect(lambda: choose_list(self, self.take_file))
        self.columns = QComboBox()
        self.columns.setObjectName("list.column")
        self.columns.setAccessibleName("Column of the list that names people")
        self.columns.activated.connect(self._choose_column)
        self._column = QWidget()
        self._column.setLayout(row(label("People are named by the column", "muted"), self.columns, "stretch"))
        self.counts = label("", "", "list.counts", wrap=True)
        self.state = label("", "muted", "list.state", wrap=True)
        self.fault = label("", "error", "list.fault", wrap=True)
        self.changed = label("", "warning", "list.changed", wrap=True)
        self.take = button("Take the new file", "list.take", "primary")
        self.take.clicked.connect(self._take)
        self.body.addWidget(label("From a list", "heading"))
        top = row(spacing=16)
        top.addWidget(self._file, 1)
        top.addWidget(self.choose)
        self.body.addLayout(top)
        for part in (self._column, self.counts, self.state, self.fault, self.changed):
            self.body.addWidget(part)
        self.body.addLayout(row(self.take, "stretch"))
        session.run_changed.connect(lambda _run: self.ask())
        session.log_changed.connect(lambda _log: self.ask())

    # -- what is known --------------------------------------------------------------------

    def show_audience(self, audience: Audience) -> None:
        """Follow the list of an audience as it is now."""
        if audience == self._audience:
            return
        before, self._audience = self._audience, audience
        if self.info is not None and not self._fits(self.info):
            self.info = None
        self._show()
        if before is None or self.info is None or before.key != audience.key:
            self.ask()

    @property
    def named(self) -> ListFile | None:
        return self._audience.list_ if self._audience is not None else None

    def _fits(self, info: ListInfo) -> bool:
        audience, named = self._audience, self.named
        return audience is not None and named is not None and (info.file, info.level) == (named.file, audience.level)

    def ask(self) -> None:
        """Look at the file as it is now, while somebody can see it."""
        audience, named = self._audience, self.named
        if audience is not None and named is not None and self.isVisible() and self._session.started:
            self._session.ask(AskList(_folder(self._session), named.file, audience.level), self._arrived)

    def _arrived(self, reply: Reply) -> None:
        if not isinstance(reply, ListInfo) or not self._fits(reply):
            return
        self.info = reply
        self._show()
        if self._is_mended(reply):
            self._tried = reply  # once, whatever comes of it
            self._session.workbench.replay()

    def _is_mended(self, info: ListInfo) -> bool:
        """Whether a list that kept the design from running is as it should be again: nothing in the design changed
        that would have it replayed."""
        audience, named = self._audience, self.named
        if audience is None or named is None or info == self._tried or self._session.workbench.run.computing:
            return False
        refused = any(problem.is_error for problem in self._session.problems(f"audiences.{audience.key}.list"))
        return refused and info.sha256 == named.sha256 and self._column_of(info) is not None

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        super().showEvent(event)
        self.ask()

    def event(self, event: QEvent) -> bool:  # Qt's name
        if event.type() == QEvent.Type.WindowActivate:  # back from wherever the file may have been replaced
            self.ask()
        return super().event(event)

    # -- showing --------------------------------------------------------------------------

    def _column_of(self, info: ListInfo) -> ListColumn | None:
        named = self.named
        if named is None or not info.columns:
            return None
        if named.column is None:
            return info.columns[0]
        return next((column for column in info.columns if column.name == named.column), None)

    def _show(self) -> None:
        named, info = self.named, self.info
        if named is None:
            return
        self._file.setText(named.file)
        column = None if info is None else self._column_of(info)
        fault = "" if info is None else info.fault
        if info is not None and column is None and not fault:
            fault = f"{named.file} has no column “{named.column}”. Choose one of its columns."
        same = info is not None and not info.fault and info.sha256 == named.sha256
        changed = info is not None and not info.fault and not same
        _say(self.fault, fault)
        _say(self.counts, "" if info is None or column is None else self._count_words(info, column))
        _say(self.state, "Reading the file…" if info is None else self._state_words(info) if same else "")
        self.state.setToolTip(f"SHA-256 {named.sha256}")
        when = "" if info is None else formats.instant(info.changed_us, self._session.zone)
        says = f"The file has changed since it was chosen: it was written on {when}. Nothing is replayed until you take it."
        _say(self.changed, says if changed else "")
        self.take.setVisible(changed)
        self._show_columns(info, column)

    def _show_columns(self, info: ListInfo | None, column: ListColumn | None) -> None:
        columns = () if info is None else info.columns
        self._column.setVisible(bool(columns) and columns[0].name != "")
        self.columns.clear()
        for one in columns:
            self.columns.addItem(one.name, one.name)
        self.columns.setCurrentIndex(-1 if column is None else columns.index(column))

    def _count_words(self, info: ListInfo, column: ListColumn) -> str:
        said = formats.count(column.identifiers, "identifier")
        if not info.has_log:
            return f"{said}. Import a log to see how many it knows."
        said += f", of which the log knows {formats.number(column.known)}"
        said += f" ({formats.share(column.known, column.identifiers)})." if column.identifiers else "."
        best = max(info.columns, key=lambda one: one.known)
        if best.known > column.known:
            said += f" It knows {formats.number(best.known)} of the column “{best.name}”."
        return said

    def _state_words(self, info: ListInfo) -> str:
        when = formats.instant(info.changed_us, self._session.zone)
        return f"Unchanged since {when} · {info.sha256[:HASH_SHOWN]}"

    # -- editing --------------------------------------------------------------------------

    def take_file(self, path: str) -> None:
        """Name people by another file."""
        audience = self._audience
        if audience is not None:
            keep_list(self._session, path, audience.level, lambda info: self._taken(audience.key, info))

    def _taken(self, key: str, info: ListInfo) -> None:
        named = self.named
        if self._audience is not None and named is not None and self._audience.key == key:
            self.info = info
            self._edit(f"Take the people of “{self._audience.name}” from {info.file}", named_by(info, named.column))
            self._show()

    def _choose_column(self) -> None:
        named, column = self.named, self.columns.currentData()
        if self._audience is not None and named is not None and column is not None:
            self._edit(f"Name the people of “{self._audience.name}” by {column}", named.with_(column=column))

    def _take(self) -> None:
        named, info = self.named, self.info
        if self._audience is not None and named is not None and info is not None and info.sha256:
            self._edit(f"Take the new file of “{self._audience.name}”", named.with_(sha256=info.sha256))

    def _edit(self, words: str, made: ListFile) -> None:
        if made != self.named:
            self.edited.emit(words, made)


def _say(shown: QLabel, text: str) -> None:
    shown.setText(text)
    shown.setVisible(bool(text))
