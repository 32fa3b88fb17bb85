"""The arms of a random split: people, rate or mean with interval, difference, sample-ratio check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit

from engage_desktop.app.protocol import AskExperiment, ExperimentReply, Failed, Reply
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.step import RandomSplit
from engage_desktop.ui import formats
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, KindPill, editable, label, row
from engage_desktop.ui.widgets.table import SmallTable


def splits(campaigns: Campaigns) -> list[tuple[str, str, str]]:
    """(journey key, step key, name) of every random split."""
    return [
        (journey.key, step.key, f"{journey.name}: {step.name or step.key}")
        for journey in campaigns.journeys
        for step in journey.steps
        if isinstance(step, RandomSplit)
    ]


PERCENT, POINTS = "%", "points"


class ExperimentCard(Card):
    """Asks when a split or a metric is chosen, and after each replay."""

    def __init__(self, session: Session) -> None:
        super().__init__("runs.experiment")
        self._session = session
        self._splits: list[tuple[str, str, str]] = []
        self._split = QComboBox()
        self._split.setObjectName("experiment.split")
        self._split.setAccessibleName("Random split")
        self._split.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._metric = QComboBox()
        self._metric.setObjectName("experiment.metric")
        self._metric.setAccessibleName("Metric")
        self._metric_text = editable(self._metric)
        self._metric.setMinimumWidth(240)
        self._metric_text.setAccessibleName("Metric")
        self._metric_text.setToolTip("goal, event:NAME, count:NAME, sum:NAME.property or mean:NAME.property")
        self._within = QLineEdit()
        self._within.setObjectName("experiment.within")
        self._within.setAccessibleName("Within, such as 14d")
        self._within.setPlaceholderText("any time")
        self._within.setFixedWidth(88)
        self._kind = KindPill("experiment.kind")
        self.body.addLayout(row(label("Experiment", "title"), self._kind, "stretch"))
        self.body.addLayout(row(self._split, self._metric, label("within", "muted"), self._within, "stretch"))
        self._note = label("", "warning", "experiment.note", wrap=True)
        self.body.addWidget(self._note)
        self._note.hide()
        self.arms = SmallTable(
            "experiment.arms", "Arms", ("Arm", "People", "Mean", "Standard deviation"), frozenset({1, 2, 3}), most=12
        )
        self.differences = SmallTable(
            "experiment.differences",
            "Differences",
            ("Against control", "Difference", "95 % interval", "Relative", "95 % interval", "p"),
            frozenset({1, 2, 3, 4, 5}),
            most=12,
        )
        self._srm = label("", "muted", "experiment.srm", wrap=True)
        self._empty = label(
            "No journey has a random split. Add one to compare arms, or to hold a share of people out.",
            "muted",
            "experiment.empty",
            wrap=True,
        )
        for widget in (self.arms, self.differences, self._srm, self._empty):
            self.body.addWidget(widget)
        self._split.activated.connect(lambda _index: self.ask())
        self._metric.activated.connect(lambda _index: self.ask())
        self._metric_text.editingFinished.connect(self.ask)
        self._within.editingFinished.connect(self.ask)
        self._asked: tuple[Any, ...] = ()

    def refresh(self) -> None:
        """After a replay: offer what there is and ask again."""
        found = splits(self._session.campaigns)
        if found != self._splits:
            before = self._split.currentIndex()
            self._splits = found
            self._split.clear()
            self._split.addItems([name for _, _, name in found])
            self._split.setCurrentIndex(min(max(before, 0), len(found) - 1))
        self._offer_metrics()
        for widget in (self._split, self._metric, self._within, self._kind, self.arms, self.differences, self._srm):
            widget.setVisible(bool(found))
        self._empty.setVisible(not found)
        self._asked = ()
        self.ask()

    def _offer_metrics(self) -> None:
        log = self._session.workbench.log
        if self._metric.count() or log is None:
            return
        names = sorted(log.event_counts, key=lambda name: -log.event_counts[name])
        has_goal = any(journey.goal for journey in self._session.campaigns.journeys)
        self._metric.addItems([*(["goal"] if has_goal else []), *(f"event:{name}" for name in names)])

    def ask(self) -> None:
        index, metric = self._split.currentIndex(), self._metric.currentText().strip()
        if not 0 <= index < len(self._splits) or not metric or not self._session.current:
            return
        journey, step, _ = self._splits[index]
        within = self._within.text().strip() or None
        wanted = (self._session.generation, journey, step, metric, within)
        if wanted != self._asked:
            self._asked = wanted
            self._session.latest(
                "experiment", lambda: AskExperiment(self._session.generation, journey, step, metric, within), self._take
            )

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Failed):
            self._note.setText(reply.sentence)
            self._note.show()
        elif isinstance(reply, ExperimentReply):
            self.show_body(reply.body)

    def show_body(self, body: Mapping[str, Any]) -> None:
        """The JSON shape of `engage experiment`."""
        rate = str(body.get("metric", "")).startswith(("goal", "event:"))
        self.arms.show_rows(
            [
                (
                    str(arm["arm"]),
                    formats.number(arm["n"]),
                    _value(arm["mean"], PERCENT if rate else ""),
                    _value(arm.get("sd")),
                )
                for arm in body.get("arms", ())
            ]
        )
        self.differences.show_rows(
            [
                (
                    f"{one['a']} − {one['b']}",
                    _value(one.get("absolute"), POINTS if rate else "", signed=True),
                    _interval(one.get("absolute_ci"), POINTS if rate else ""),
                    _value(one.get("relative"), PERCENT, signed=True),
                    _interval(one.get("relative_ci"), PERCENT),
                    _p(one.get("p")),
                )
                for one in body.get("comparisons", ())
            ]
        )
        srm, said = body.get("srm") or {}, []
        if srm.get("p") is not None:
            fine = "the shares are as designed"
            wrong = "the shares are not as designed: find out why before reading anything else"
            said.append(f"Sample ratio: p = {_p(srm['p'])}, {fine if srm['p'] >= 0.001 else wrong}.")
        self._srm.setText(" ".join([*said, *(str(remark) for remark in body.get("remarks", ()))]))
        self._note.setText(str(body.get("note") or ""))
        self._note.setVisible(bool(body.get("note")))
        self._kind.show_kind(str(body.get("kind", "observed")))


def _value(value: float | None, unit: str = "", *, signed: bool = False) -> str:
    """`unit` is PERCENT, POINTS (a difference of two rates) or none; the first two count in hundredths."""
    if value is None:
        return "–"
    text = f"{100 * value:.2f} {unit}" if unit else f"{value:.4g}"
    return f"+{text}" if signed and value > 0 else text


def _interval(pair: Any, unit: str) -> str:
    if not pair or pair[0] is None or pair[1] is None:
        return "–"
    low = _value(pair[0], unit, signed=True).removesuffix(f" {unit}")
    return f"{low} to {_value(pair[1], unit, signed=True)}"


def _p(value: float | None) -> str:
    return "–" if value is None else "< 0.0001" if value < 0.0001 else f"{value:.4f}"
