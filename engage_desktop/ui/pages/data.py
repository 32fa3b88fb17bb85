"""The open log: what it holds, what was refused and why, and how to add to it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QProgressBar, QWidget

from engage_desktop.app.protocol import (
    AskRejects,
    CancelWork,
    Failed,
    ImportLogs,
    LogInfo,
    Ok,
    Progress,
    RejectRows,
    Reply,
)
from engage_desktop.ui import formats
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.pages.import_options import ImportOptions
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, column, label, row
from engage_desktop.ui.widgets.table import SmallTable

FILTER = "Event logs (*.jsonl *.jsonl.gz *.jsonl.zst *.csv *.tsv *.xlsx *.parquet);;All files (*)"
_REJECTS = 200


class Figure(QWidget):
    """A large number over what it counts."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__()
        self._value: QLabel = label("–", "page", name)
        self._what = what
        layout = column(self, spacing=0)
        layout.addWidget(self._value)
        layout.addWidget(label(what, "muted"))

    def show_value(self, text: str) -> None:
        self._value.setText(text)
        self._value.setAccessibleName(f"{self._what}: {text}")


class DataPage(Page):
    """`busy` carries whether an import is under way."""

    busy = Signal(bool)

    def __init__(self, session: Session) -> None:
        super().__init__(session, "data", "Data", "The event log that journeys and audiences are replayed on")
        self.importing = False
        self._import = button("Import event logs…", "data.import", "primary")
        self._import.clicked.connect(self.choose_files)
        self._cancel = button("Stop import", "data.cancel")
        self._cancel.clicked.connect(self.cancel)
        self._refused: list[str] = []
        self._say = button("How files are read…", "data.options.show")
        self._say.setCheckable(True)
        self.head.addWidget(self._cancel)
        self.head.addWidget(self._say)
        self.head.addWidget(self._import)
        self._progress_card = Card("data.progress.card")
        self._said = label("", "muted", "data.progress.sentence", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("data.progress")
        self._bar.setAccessibleName("Import")
        self._bar.setTextVisible(False)
        self._progress_card.body.addWidget(self._said)
        self._progress_card.body.addWidget(self._bar)
        self.body.addWidget(self._progress_card)
        self.options = ImportOptions()
        self.options.again.connect(lambda: self.import_files(self._refused))
        self._say.toggled.connect(self.options.setVisible)
        self.options.hide()
        self.body.addWidget(self.options)
        self._figures = {
            key: Figure(f"data.{key}", what)
            for key, what in (
                ("people", "people"),
                ("events", "events kept"),
                ("duplicates", "duplicates"),
                ("rejected", "rows refused"),
                ("first", "first event"),
                ("last", "last event"),
            )
        }
        summary = Card("data.summary")
        summary.body.addLayout(row(*self._figures.values(), spacing=24))
        self.body.addWidget(summary)
        events = Card("data.events.card")
        events.body.addWidget(label("Events by name", "title"))
        self.table = SmallTable(
            "data.events",
            "Events by name",
            ("Event", "Count", "Share", "Properties"),
            frozenset({1, 2}),
            most=12,
            stretch=3,
        )
        self._empty = label(
            "No log is open. Import one: JSON lines in the Segment format, CSV, Excel or Parquet.",
            "muted",
            "data.empty",
            wrap=True,
        )
        events.body.addWidget(self.table)
        events.body.addWidget(self._empty)
        self.body.addWidget(events)
        self._files_card = Card("data.files.card")
        self._files_card.body.addWidget(label("Files", "title"))
        self.files = SmallTable(
            "data.files", "Files", ("File", "Read as", "Records", "Refused"), frozenset({2, 3}), most=6, stretch=1
        )
        self._files_card.body.addWidget(self.files)
        self.body.addWidget(self._files_card)
        self._rejects_card = Card("data.rejects.card")
        self._rejects_card.body.addWidget(label("Rows refused, and notices", "title"))
        self._rejects_note = label("", "muted", "data.rejects.note", wrap=True)
        self._rejects_card.body.addWidget(self._rejects_note)
        self.rejects = SmallTable(
            "data.rejects", "Rows refused", ("What is wrong", "File", "Line", "Field"), frozenset({2}), most=8
        )
        self._rejects_card.body.addWidget(self.rejects)
        self.body.addWidget(self._rejects_card)
        self.body.addStretch(1)
        self._set_busy(False)
        self._files_card.hide()
        self._rejects_card.hide()
        session.log_changed.connect(self.touch)

    def refresh(self) -> None:
        log = self.session.workbench.log
        has_log = log is not None and log.events > 0
        self.table.setVisible(has_log)
        self._empty.setVisible(not has_log)
        self._import.setEnabled(self.session.workbench.workspace is not None and not self.importing)
        if log is not None:
            self._show(log)

    def _show(self, log: LogInfo) -> None:
        zone = self.session.zone
        shown = {
            "people": formats.number(log.people),
            "events": formats.number(log.events),
            "duplicates": formats.number(log.duplicates),
            "rejected": formats.number(log.rejected),
            "first": formats.day(log.first_us, zone) if log.events else "–",
            "last": formats.day(log.last_us, zone) if log.events else "–",
        }
        for key, text in shown.items():
            self._figures[key].show_value(text)
        names = sorted(log.event_counts, key=lambda name: (-log.event_counts[name], name))
        total = sum(log.event_counts.values())
        self.table.show_rows(
            [
                (
                    name,
                    formats.number(log.event_counts[name]),
                    formats.share(log.event_counts[name], total),
                    _names(log.properties.get(name, ())),
                )
                for name in names
            ]
        )
        self._files_card.setVisible(bool(log.files))
        self.files.show_rows(
            [(name, how, formats.number(read), formats.number(refused)) for name, how, read, refused in log.files]
        )
        if self.session.started:
            self.session.ask(AskRejects(0, _REJECTS), self._take_rejects)

    def _take_rejects(self, reply: Reply) -> None:
        if isinstance(reply, RejectRows):
            self.rejects.show_rows(
                [
                    (message, Path(file).name, formats.number(line), field)
                    for file, line, field, _code, message in reply.rows
                ]
            )
            self._rejects_card.setVisible(reply.total > 0)
            self._rejects_note.setText(self._about_findings(reply))

    def _about_findings(self, reply: RejectRows) -> str:
        log = self.session.workbench.log
        refused = log.rejected if log else 0
        said = [f"{formats.count(refused, 'row')} could not be used; everything else was kept."] if refused else []
        if reply.total > refused:
            said.append(
                f"{formats.count(reply.total - refused, 'notice')} of single values left out, or of something odd."
            )
        if reply.total > len(reply.rows):
            said.append(f"The first {formats.number(len(reply.rows))} are shown.")
        return " ".join(said)

    # -- import ---------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask for files in a window of its own and import them."""
        dialog = QFileDialog(self, "Import event logs", "", FILTER)
        dialog.setObjectName("data.dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.import_files)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_files(self, paths: list[str]) -> None:
        if not paths or self.importing:
            return
        self._refused = paths
        mapping = self.options.mapping()
        if mapping is None:
            self._ask_how()
            return
        self._set_busy(True)
        self._said.setText("Reading…")
        self._bar.setRange(0, 0)
        self.session.ask(ImportLogs(tuple(paths), mapping, self.options.options()), self._import_reply)

    def _ask_how(self) -> None:
        """Open the options for files that could not be read as they are."""
        self._say.setChecked(True)
        self.options.offer_again(bool(self._refused))

    def cancel(self) -> None:
        self._said.setText("Stopping…")
        self.session.ask(CancelWork(), lambda _reply: None)

    def _import_reply(self, reply: Reply) -> None:
        match reply:
            case Progress():
                self._bar.setRange(0, 1000)
                self._bar.setValue(round(1000 * reply.fraction))
                self._said.setText(reply.sentence)
            case LogInfo():
                self._set_busy(False)
                self.options.reset()
                self._say.setChecked(False)
                refused = f", {formats.count(reply.rejected, 'row')} refused" if reply.rejected else ""
                self.session.notify(
                    "info",
                    f"The log now holds {formats.count(reply.events, 'event')} of {formats.count(reply.people, 'person', 'people')}{refused}.",
                )
                self.session.workbench.set_log(reply)
            case Failed():
                self._set_busy(False)
                self._ask_how()
            case Ok():
                self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self.importing = busy
        self._progress_card.setVisible(busy)
        self._cancel.setVisible(busy)
        self._import.setEnabled(not busy)
        self.busy.emit(busy)


def _names(names: tuple[str, ...], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
