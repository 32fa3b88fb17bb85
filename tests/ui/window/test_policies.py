"""The policies of the workspace in the window (D-22..D-24, D-34, D-52, D-54)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.domain.workspace import Cap, Holdout, Policies, QuietHours
from engage_desktop.ui.policy_words import policy_words
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import open_row
from tests.ui.window.hand import Hand


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    made = Hand(qtbot, window)
    window.show_page("deliver")
    made.click(QPushButton, "deliver.policies.edit")
    assert window.topbar.current.title == "Policies"
    return made


def policies(window: MainWindow) -> Policies:
    return window.session.campaigns.policies


def hours(channel: str, start: str, end: str, inside: str = "wait") -> QuietHours:
    return QuietHours.model_validate({"channel": channel, "from": start, "to": end, "inside": inside})


def test_what_happens_where_the_log_knows_nothing(window: MainWindow, hand: Hand) -> None:
    """D-23."""
    first = dumps(window.session.campaigns)
    hand.choose("policies.address", "Hold")
    assert policies(window).address.unknown == "hold"
    assert hand.undo_name == "Change what is done where the address is unknown"
    hand.choose("policies.subscription", "Hold")
    assert policies(window).subscription.unknown == "hold"
    hand.undo_all()
    assert dumps(window.session.campaigns) == first


def test_who_is_never_sent_to_and_who_is_held_out(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    hand.click(QPushButton, "policies.suppression.add")
    assert policies(window).suppression == ("buyers",)
    hand.click(QPushButton, "policies.suppression.add")
    assert "no other audience" in hand.find(QLabel, "policies.suppression.error").text()
    hand.click(QToolButton, "policies.suppression.0.remove")
    assert policies(window).suppression == ()
    hand.line("policies.holdout", "5")
    assert policies(window).holdout == Holdout(percent=5)
    hand.choose("policies.holdout.audience", "Buyers")
    assert policies(window).holdout == Holdout(percent=5, audience="buyers")
    hand.line("policies.holdout", "7.5")
    assert policies(window).holdout == Holdout(percent=7.5, audience="buyers")
    hand.line("policies.holdout", "some")
    assert "not a number" in hand.error("policies.holdout")
    line = hand.find(QLineEdit, "policies.holdout")
    driver.key(line, Qt.Key.Key_Escape)
    driver.empty(line)
    driver.key(line, Qt.Key.Key_Return)
    assert policies(window).holdout is None


def test_consent_is_asked_by_channel(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    hand.line("policies.consent.sms", "texts")
    hand.line("policies.consent.email", "marketing")
    assert list(policies(window).consent.items()) == [("email", "marketing"), ("sms", "texts")]
    line = hand.find(QLineEdit, "policies.consent.sms")
    driver.empty(line)
    driver.key(line, Qt.Key.Key_Return)
    assert policies(window).consent == {"email": "marketing"}


def test_quiet_hours_and_the_send_window(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    """D-34, D-54."""
    hand.click(QPushButton, "policies.quiet_hours.add")
    assert policies(window).quiet_hours == (hours("sms", "21:00", "08:00"),)
    hand.line("policies.quiet_hours.0.from", "22:30")
    hand.choose("policies.quiet_hours.0.inside", "is dropped")
    hand.click(QPushButton, "policies.quiet_hours.add")
    hand.choose("policies.quiet_hours.1.channel", "Push")
    assert policies(window).quiet_hours == (hours("sms", "22:30", "08:00", "drop"), hours("push", "21:00", "08:00"))
    hand.line("policies.quiet_hours.1.to", "8")
    assert "no clock time" in hand.error("policies.quiet_hours.1.to")
    assert policies(window).quiet_hours[1] == hours("push", "21:00", "08:00")
    driver.key(hand.find(QLineEdit, "policies.quiet_hours.1.to"), Qt.Key.Key_Escape)
    hand.click(QToolButton, "policies.quiet_hours.0.remove")
    assert policies(window).quiet_hours == (hours("push", "21:00", "08:00"),)
    assert not hand.shown("policies.send_window.from")
    hand.choose("policies.send_window.channel", "E-mail")
    hand.line("policies.send_window.to", "18:00")
    assert policies(window).send_window == hours("email", "08:00", "18:00")
    hand.choose("policies.send_window.channel", "No channel")
    assert policies(window).send_window is None


def test_caps_and_how_long_a_message_waits(window: MainWindow, hand: Hand) -> None:
    """D-24, D-22."""
    hand.click(QPushButton, "policies.caps.add")
    hand.line("policies.caps.0.max", "3")
    hand.line("policies.caps.0.per", "14")
    hand.choose("policies.caps.0.when_capped", "waits")
    assert policies(window).caps == (Cap(channel="email", max=3, per="14d", when_capped="defer"),)
    hand.click(QPushButton, "policies.caps.add")
    assert policies(window).caps[1] == Cap(max=5, per="7d")
    hand.choose("policies.caps.1.channel", "Push")
    assert policies(window).caps[1].channel == "push"
    hand.line("policies.caps.0.max", "2.5")
    assert "not a number" in hand.error("policies.caps.0.max")
    driver.key(hand.find(QLineEdit, "policies.caps.0.max"), Qt.Key.Key_Escape)
    hand.line("policies.max_wait", "2")
    assert policies(window).max_wait == "2d"
    assert hand.undo_name == "Change how long a message may wait"


def test_problems_stand_beside_the_rule_and_lead_here(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    hand.click(QPushButton, "policies.caps.add")
    hand.line("policies.caps.0.max", "0")
    qtbot.waitUntil(lambda: any(one.code == "cap_max" for one in window.session.problems()), timeout=30_000)
    assert "would let none through" in hand.problems("policies.caps")
    window.close_tab()
    window.show_problems()
    rows = [window.problems._list.item(at).text() for at in range(window.problems._list.count())]
    at = next(at for at, text in enumerate(rows) if "let none through" in text)
    assert rows[at].startswith("Policies: ")
    open_row(window.problems._list, at)
    assert (window.topbar.current.kind, window.policies_page.isVisible()) == ("policies", True)


def test_the_deliver_page_says_them_in_words(window: MainWindow, hand: Hand) -> None:
    hand.click(QPushButton, "policies.caps.add")
    hand.line("policies.holdout", "5")
    hand.line("policies.consent.email", "marketing")
    hand.click(QPushButton, "policies.quiet_hours.add")
    window.show_page("deliver")
    assert hand.find(QLabel, "deliver.policies").text().splitlines() == [
        "Unknown address: assumed.",
        "Unknown subscription: assumed.",
        "E-mail: with consent to marketing.",
        "5 % of everybody held out.",
        "SMS: quiet from 21:00 to 08:00.",
        "At most 2 messages by E-mail in 1 week.",
    ]
    assert policy_words(window.session.campaigns)[-1] == "At most 2 messages by E-mail in 1 week."


def test_rows_made_anew_in_other_colours_still_edit(window: MainWindow, hand: Hand) -> None:
    for name in ("quiet_hours", "caps", "suppression"):
        hand.click(QPushButton, f"policies.{name}.add")
    window.toggle_dark()
    for name in ("quiet_hours", "caps", "suppression"):
        hand.click(QToolButton, f"policies.{name}.0.remove")
    window.toggle_dark()
    left = policies(window)
    assert (left.quiet_hours, left.caps, left.suppression) == ((), (), ())


def test_every_field_can_be_reached_by_the_keyboard_and_has_a_name(hand: Hand) -> None:
    for name in ("quiet_hours", "caps", "suppression"):
        hand.click(QPushButton, f"policies.{name}.add")
    reached = hand.walk(hand.find(QLineEdit, "policies.holdout"))
    for name in (
        "address", "suppression.0", "consent.push", "quiet_hours.0.from", "quiet_hours.0.remove", "send_window.channel",
        "caps.0.max", "caps.0.per.unit", "max_wait",
    ):  # fmt: skip
        assert f"policies.{name}" in reached
