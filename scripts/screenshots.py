"""Open the sample workspace offscreen, visit every view, light and dark, and save it into docs/images/.

Smoke test, demo and picture maker in one: it works the window by its public actions only and
waits for what the window says, never for a while.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: E402 - after the platform is chosen
from PySide6.QtWidgets import QListWidget, QScrollArea, QWidget  # noqa: E402

from engage_desktop.app.sample import sample_workspace  # noqa: E402
from engage_desktop.document import Change, put  # noqa: E402
from engage_desktop.domain.journey import Journey  # noqa: E402
from engage_desktop.domain.message import Broadcast  # noqa: E402
from engage_desktop.domain.response import Responses  # noqa: E402
from engage_desktop.domain.workspace import Policies  # noqa: E402
from engage_desktop.ui.app import application, open_window, user_settings  # noqa: E402
from engage_desktop.ui.sending.ranges import RangesView  # noqa: E402
from engage_desktop.ui.window import MainWindow  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE = (1280, 800)
LIMIT_MS = 120_000
SPRING_NEWS = """{
  "key": "spring_news", "name": "Spring news", "stage": "nurture", "audience": "buyers", "exclude": ["browsing_now"],
  "variants": [
    {"key": "short", "percent": 45, "message": "come_back"}, {"key": "long", "percent": 45, "message": "welcome_offer"},
    {"key": "nobody", "percent": 10, "role": "holdout"}
  ],
  "at": "2025-04-10T09:00:00", "zone": "profile", "throughput": 200
}"""
RESPONSES = """{
  "delivered": {"successes": 979, "trials": 1000},
  "opened": {"low": 0.2, "likely": 0.3, "high": 0.4, "after": {"p50": "2h", "p90": "1d"}},
  "clicked": {"likely": 0.1, "after": {"from": "0h", "to": "1h"}},
  "converted": {"likely": 0.02, "event": "Order Completed", "after": "1d"},
  "by": [{"audience": "buyers", "opened": {"likely": 0.45, "after": {"p50": "1h", "p90": "12h"}}}]
}"""
LOOP = """{
  "key": "basket_changes", "name": "Basket changes", "stage": "drive_intent",
  "entry": {"type": "event", "event": "Product Added", "reentry": {"mode": "every", "identifier": "cart_id"}},
  "goal": {"event": "Order Completed", "within": "7d", "value": "revenue"}, "start": "quiet", "steps": [
    {"key": "quiet", "type": "hold", "name": "Two quiet hours", "timeout": "2h", "on_timeout": "remind", "branches": [
      {"key": "ordered", "event": "Order Complete", "next": "done"}, {"key": "more", "event": "Product Added", "loop": true}
    ]},
    {"key": "done", "type": "end", "outcome": "ordered"}, {"key": "remind", "type": "message", "message": "cart_mail"}
  ]
}"""
"""The loop of docs/tour.md with a slip of the pen in it, which a Fix mends."""
POLICIES = """{
  "quiet_hours": [{"channel": "sms", "from": "21:00", "to": "08:00"}],
  "caps": [{"channel": "email", "max": 3, "per": "7d"}, {"max": 1, "per": "1d", "when_capped": "defer"}]
}"""


def wait_until(ready: Callable[[], bool], what: str) -> None:
    """Run the event loop until `ready()`; says what it waited for when it never comes."""
    loop = QEventLoop()
    poll = QTimer(interval=20)
    poll.timeout.connect(lambda: ready() and loop.quit())
    poll.start()
    limit = QTimer(singleShot=True, interval=LIMIT_MS)
    limit.timeout.connect(loop.quit)
    limit.start()
    if not ready():
        loop.exec()
    if not ready():
        raise SystemExit(f"Waited for {what} in vain.")


class Photographer:
    """Goes to views of one window and saves them."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self.folder, self.mode = window, folder, "light"
        self.made: list[Path] = []

    def settled(self) -> bool:
        """Nothing asked is unanswered and all shown is current."""
        session = self.window.session
        return (
            session.current
            and session.idle
            and (self.window.topbar.current.kind != "journey" or session.workbench.figures_current)
        )

    def picture(self, name: str, also: Callable[[], bool] = lambda: True) -> None:
        wait_until(lambda: self.settled() and also(), f"{name} to be current")
        for _ in range(8):  # layouts ask for layouts
            application().processEvents()
        wait_until(lambda: self.settled() and also(), f"{name} to stay current")
        for widget in self.window.findChildren(QWidget):
            widget.setAttribute(
                Qt.WidgetAttribute.WA_UnderMouse, False
            )  # the mouse offscreen rests on the first button
        path = self.folder / f"{name}_{self.mode}.png"
        if not self.window.grab().save(str(path)):
            raise SystemExit(f"{path} could not be written.")
        self.made.append(path)

    def tour(self) -> None:
        """Every view, populated."""
        window = self.window
        window.show_page("home")
        self.picture("home", lambda: window.pages.home.sizes is not None)
        window.go("journey", "cart_rescue", "quiet")
        self.picture("journey")
        window.go("journey", "cart_rescue", "coin")
        window.inspector.focus_first()
        self.picture("journey_split")
        window.canvas("outline")
        self.picture("journey_outline")
        window.canvas("outline")
        window.show_palette()
        window.palette_.field.setText("re")
        self.picture("palette")
        window.palette_.hide()
        window.open_campaign("audience", "slipping_away")
        self.picture("audience", lambda: window.watch.current)
        window.open_campaign("trait", "lifetime_value")
        self.picture("trait", lambda: window.trait_watch.current)
        for page in ("audiences", "journeys", "data", "deliver", "activity", "broadcasts", "content"):
            window.show_page(page)
            self.picture(page)
        self.editors()
        self.trust()
        window.show_page("sending")
        sending = window.pages.sending
        for view in sending.views:
            sending.show_view(view)
            if isinstance(sending.shown, RangesView):  # the one view that works only when it is asked
                sending.shown.work_out()
            self.picture(f"sending_{view}", lambda: sending.shown.current)
        window.show_page("runs")
        self.picture("runs", lambda: window.pages.runs.results.model.total > 0)
        bar = window.pages.runs.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.picture("experiment")
        bar.setValue(0)

    def editors(self) -> None:
        """What is sent, and the rules of sending."""
        window = self.window
        window.open_campaign("broadcast", "spring_news")
        self.picture("broadcast", lambda: window.broadcast_page.reach_current)
        self.picture_of_end("broadcast_people", window.broadcast_page)
        window.open_campaign("message", "cart_mail")
        self.picture("message")
        self.picture_of_end("message_responses", window.message_page)
        window.show_policies()
        self.picture("policies")
        window.go("journey", "cart_rescue", "reminder_mail")
        window.inspector.focus_first()
        self.picture("journey_message")

    def trust(self) -> None:
        """A journey with a mistake: the problem, its mend, and the journey mended; and all keys."""
        window, document = self.window, self.window.session.document
        journey = Journey.model_validate_json(LOOP)
        document.apply(Change("Add a journey", (put(window.session.campaigns, "journey", journey),)))
        window.go("journey", "basket_changes", "quiet")
        trust = window.session.trust
        wait_until(lambda: self.settled() and trust.current, "the lints")
        window.show_problems()
        rows = window.problems.findChild(QListWidget, "problems.list")
        assert rows is not None
        rows.setCurrentItem(rows.findItems("Order Complete”", Qt.MatchFlag.MatchContains)[0])
        self.picture("problems", lambda: window.problems.people.loaded > 0)
        window.fix_problem()
        window.show_problems()
        window.canvas("view.fit")
        self.picture("journey_loop", lambda: trust.current)
        window.close_tab()
        while window.session.campaigns.journey("basket_changes") is not None:
            document.undo()
        window.show_keys()
        self.picture("keys")
        window.close_tab()

    def picture_of_end(self, name: str, page: QScrollArea) -> None:
        bar = page.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.picture(name)
        bar.setValue(0)


def plan_sending(window: MainWindow) -> None:
    """A broadcast in two variants, assumed responses of a message, and rules that every message obeys."""
    campaigns = window.session.campaigns
    broadcast = Broadcast.model_validate_json(SPRING_NEWS)
    message = campaigns.message("cart_mail")
    assert message is not None
    edits = (
        put(campaigns, "broadcast", broadcast),
        put(campaigns, "message", message.with_(responses=Responses.model_validate_json(RESPONSES))),
        put(campaigns, "policies", Policies.model_validate_json(POLICIES)),
    )
    window.session.document.apply(Change("Plan what is sent", edits))


def populate(window: MainWindow, photographer: Photographer) -> None:
    """What a team would have done: sending planned, a run kept, two campaigns approved."""
    plan_sending(window)
    wait_until(photographer.settled, "the plan to be replayed")
    window.save_run()
    for kind, key in (("journey", "cart_rescue"), ("audience", "slipping_away")):
        window.open_campaign(kind, key)
        window.approve()
        approved = partial(lambda kind, key: window.session.state_of(kind, key) == "approved", kind, key)
        wait_until(lambda approved=approved: photographer.settled() and approved(), f"the approval of {key}")
    window.banner.clear()


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        workspace, logs = sample_workspace(root=Path(folder))
        window = open_window(workspace, settings=user_settings(Path(folder) / "window.ini"), logs=logs)
        window.resize(*SIZE)
        window.activateWindow()
        photographer = Photographer(window, IMAGES)
        wait_until(
            lambda: (
                window.session.current
                and window.session.workbench.log is not None
                and window.session.workbench.log.events > 0
            ),
            "the sample to be replayed",
        )
        run = window.session.workbench.run
        window.session.workbench.set_clock(run.first_us + (run.last_us - run.first_us) * 6 // 10)
        populate(window, photographer)
        photographer.tour()
        window.toggle_dark()
        photographer.mode = "dark"
        photographer.tour()
        window.close()
    for path in photographer.made:
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
