"""Runs: those that were kept, the tables of the one in view, and the experiment of a random split."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from engage_desktop.app.protocol import AskRuns, AskTable, Reply, RunRows, RunSaved, SaveRun, TablePage
from engage_desktop.ui import formats
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.pages.experiment import ExperimentCard
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, label, row, toggle
from engage_desktop.ui.widgets.table import PagedModel, SmallTable, Table

TABLES = ("instances", "visits", "memberships", "messages", "deliveries")


class ResultTable(QWidget):
    """One table of the run in view, read by pages from the workspace process."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self.table = session, TABLES[0]
        self.model = PagedModel(self._ask)
        self.view = Table("runs.table", "Results")
        self.view.setModel(self.model)
        self.view.setMinimumHeight(320)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        for name in TABLES:
            made = toggle(name.capitalize(), f"runs.table.{name}", self._group, partial(self.choose, name))
            made.setAccessibleName(f"Show {name}")
            self._buttons[name] = made
        self._buttons[TABLES[0]].setChecked(True)
        self._rows = label("", "muted", "runs.rows")
        copy = button("Copy as TSV", "runs.copy", tip="Copy the selected rows, or all loaded ones (Ctrl+C)")
        copy.clicked.connect(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(*self._buttons.values(), "stretch", self._rows, copy))
        layout.addWidget(self.view)

    def choose(self, name: str) -> None:
        self.table = name
        self._buttons[name].setChecked(True)
        self.restart()

    def restart(self) -> None:
        if self._session.current:
            self.model.restart()

    def _ask(self, offset: int) -> None:
        if self._session.current:
            self._session.ask(AskTable(self._session.generation, self.table, offset, PagedModel.PAGE), self._take)

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, TablePage) and reply.table == self.table:
            fresh = reply.columns != self.model.columns
            self.model.take_page(reply.columns, reply.total, reply.offset, reply.rows)
            self._rows.setText(formats.count(reply.total, "row"))
            if fresh:
                self.view.resizeColumnsToContents()

    def _copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(self.view.as_tsv())
        self._session.notify("info", "Copied as tab-separated text.")


class RunsPage(Page):
    def __init__(self, session: Session) -> None:
        super().__init__(
            session, "runs", "Runs", "The replay in view as tables, the runs that were kept, and experiments"
        )
        self._keep = button("Keep this run", "runs.keep", "primary")
        self._keep.clicked.connect(self.keep)
        self.head.addWidget(self._keep)
        results = Card("runs.results")
        self._now = label("", "title", "runs.now", wrap=True)
        results.body.addWidget(self._now)
        self.results = ResultTable(session)
        results.body.addWidget(self.results)
        self.body.addWidget(results)
        self.experiment = ExperimentCard(session)
        self.body.addWidget(self.experiment)
        kept = Card("runs.kept")
        kept.body.addWidget(label("Kept runs", "title"))
        self.kept = SmallTable("runs.kept.table", "Kept runs", ("What it holds", "Kept at", "Folder"), most=6)
        self._none = label(
            "No run kept yet. “Keep this run” writes its tables as Parquet into the workspace.",
            "muted",
            "runs.none",
            wrap=True,
        )
        kept.body.addWidget(self.kept)
        kept.body.addWidget(self._none)
        self.body.addWidget(kept)
        self.body.addStretch(1)
        self._generation = -1
        session.run_changed.connect(self.touch)

    def refresh(self) -> None:
        run = self.session.workbench.run
        self._keep.setEnabled(run.current and self.session.workbench.workspace is not None)
        if not run.current:
            self._now.setText(
                "Computing…" if run.computing else "There is no replay yet: import a log, or mend the problems shown."
            )
            return
        counts = run.counts or {}
        said = ", ".join(f"{formats.number(counts[name])} {name}" for name in TABLES if counts.get(name))
        self._now.setText(f"The replay in view: {said}" if said else "The replay in view")
        if self._generation != run.generation:
            self._generation = run.generation
            self.results.restart()
            self.experiment.refresh()
            self._ask_kept()

    def _ask_kept(self) -> None:
        if self.session.workbench.workspace is not None:
            self.session.ask(AskRuns(), self._take_kept)
        else:
            self._take_kept(RunRows(()))

    def keep(self) -> None:
        if self.session.current:
            self.session.ask(SaveRun(self.session.generation), self._kept)

    def _kept(self, reply: Reply) -> None:
        if isinstance(reply, RunSaved):
            self.session.notify("info", f"The run was kept in {reply.folder}.")
            self._ask_kept()

    def _take_kept(self, reply: Reply) -> None:
        if isinstance(reply, RunRows):
            zone = self.session.zone
            self.kept.show_rows([(said, formats.instant(at_us, zone), folder) for folder, at_us, said in reply.rows])
            self.kept.setVisible(bool(reply.rows))
            self._none.setVisible(not reply.rows)
