"""Messages and how people are assumed to answer them, in the window (D-22, D-23, D-28, D-36)."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.domain.message import Goal, Message
from engage_desktop.domain.response import Responses, Spread, Stage
from engage_desktop.domain.step import SendMessage
from engage_desktop.ui.inspector import response_edits
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import act, row, undo
from tests.ui.window.hand import Hand


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    return Hand(qtbot, window)


def message(window: MainWindow, key: str = "nudge") -> Message:
    found = window.session.campaigns.message(key)
    assert found is not None
    return found


def model(window: MainWindow) -> Responses:
    found = message(window).responses
    assert found is not None
    return found


def step(window: MainWindow) -> SendMessage:
    journey = window.session.campaigns.journey("rescue")
    assert journey is not None
    found = journey.by_key["nudge"]
    assert isinstance(found, SendMessage)
    return found


def test_messages_are_listed_with_what_sends_them(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    act(window, "go.content")
    table = window.pages.content.table
    assert table.rows.rows == [("Nudge", "E-mail", "Still there", "Rescue", "–")]
    hand.click(QPushButton, "content.new")
    assert message(window, "new_message").name == "New message"
    assert window.session.document.undo_name == "Add a message"
    hand.choose("message.channel", "SMS")
    hand.lines("message.body", "Hello there")
    act(window, "go.content")
    assert table.rows.rows[1] == ("New message", "SMS", "Hello", "–", "–")
    table.setFocus()
    row(table, 0)
    driver.key(table, Qt.Key.Key_Return)
    assert (window.topbar.current.kind, window.topbar.current.key) == ("message", "nudge")
    assert hand.find(QLabel, "message.used").text() == "Sent by Rescue."


def test_texts_of_a_message_are_edited_and_taken_back(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    first = dumps(window.session.campaigns)
    window.open_campaign("message", "nudge")
    hand.line("message.subject", "We kept it")
    assert hand.undo_name == "Change the subject of “Nudge”"
    hand.line("message.from", "shop@example.com")
    hand.line("message.reply_to", "help@example.com")
    hand.line("message.preheader", "For two days")
    hand.line("message.group", "news")
    hand.choose("message.send_to", "Everybody")
    body = hand.find(QPlainTextEdit, "message.body")
    body.setFocus()
    driver.key(body, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    driver.write(body, "One line")
    driver.key(body, Qt.Key.Key_Return)
    driver.write(body, "and another")
    assert message(window).body == "We kept it."
    driver.key(body, Qt.Key.Key_Tab)
    found = message(window)
    assert found.body == "One line\nand another"
    assert (found.subject, found.from_, found.reply_to, found.preheader) == (
        "We kept it", "shop@example.com", "help@example.com", "For two days",
    )  # fmt: skip
    assert (found.subscription_group, found.send_to) == ("news", "all")
    hand.lines("message.text", "As text")
    assert message(window).text == "As text"
    body = hand.find(QPlainTextEdit, "message.body")
    driver.write(body, "half typed")
    driver.key(body, Qt.Key.Key_Escape)
    assert body.toPlainText() == "One line\nand another"
    hand.undo_all()
    assert dumps(window.session.campaigns) == first
    assert hand.find(QLineEdit, "message.subject").text() == "Still there"


def test_a_message_has_a_price_and_a_goal(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    first = dumps(window.session.campaigns)
    window.open_campaign("message", "nudge")
    hand.line("message.price", "0.002")
    assert not hand.shown("message.goal.within")
    hand.type_name("message.goal.event", "Order Completed")
    hand.line("message.goal.within", "3 days")
    hand.type_name("message.goal.value", "price")
    found = message(window)
    assert (found.price, found.goal) == (0.002, Goal(event="Order Completed", within="3d", value="price"))
    assert hand.undo_name == "Change the goal of “Nudge”"
    hand.line("message.goal.within", "3 d 2")
    assert hand.error("message.goal.within").startswith("2 of what?")
    assert message(window) == found
    hand.undo_all()
    assert dumps(window.session.campaigns) == first


def test_fields_follow_the_channel_and_what_is_filled_stays_in_view(window: MainWindow, hand: Hand) -> None:
    """A subscription group is for e-mail: beside another channel it is shown with its problem, not hidden."""
    window.open_campaign("message", "nudge")
    hand.line("message.group", "news")
    hand.choose("message.channel", "Push")
    assert hand.shown("message.title")
    assert hand.shown("message.action")
    assert not hand.shown("message.preheader")
    assert hand.shown("message.subject")
    assert hand.shown("message.group")
    hand.qtbot.waitUntil(
        lambda: any(one.code == "subscription_group" for one in window.session.problems()), timeout=30_000
    )
    assert "Subscription groups are for e-mail" in hand.problems("message.sending")


def test_a_key_is_changed_with_all_that_sends_it(window: MainWindow, hand: Hand) -> None:
    window.open_campaign("message", "nudge")
    hand.line("message.key", "reminder")
    assert step(window).message == "reminder"
    assert (window.topbar.current.kind, window.topbar.current.key) == ("message", "reminder")
    undo(window)
    assert step(window).message == "nudge"
    assert window.topbar.current.key == "nudge"
    hand.retype(hand.find(QLineEdit, "message.name"), "Gentle nudge")
    assert window.topbar.current.title == message(window).name == "Gentle nudge"


def test_responses_are_typed_as_a_table(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    """D-28: shares in percent, delays, the event of a conversion."""
    first = dumps(window.session.campaigns)
    window.open_campaign("message", "nudge")
    assert message(window).responses is None
    hand.choose("message.responses.opened.kind", "A share")
    assert hand.undo_name == "Change what is opened of “Nudge”"
    hand.line("message.responses.opened.likely", "35")
    hand.line("message.responses.opened.low", "7.5")
    hand.line("message.responses.opened.high", "60")
    assert model(window).opened == Stage(low=0.075, likely=0.35, high=0.6)
    assert hand.find(QLineEdit, "message.responses.opened.low").text() == "7.5"
    hand.line("message.responses.opened.low", "few")
    assert "not a number" in hand.error("message.responses.opened.low")
    driver.key(hand.find(QLineEdit, "message.responses.opened.low"), Qt.Key.Key_Escape)
    hand.choose("message.responses.opened.after", "Half by")
    assert model(window).opened == Stage(low=0.075, likely=0.35, high=0.6, after=Spread(p50="2h", p90="1d"))
    hand.line("message.responses.opened.p50", "3")
    assert model(window).opened == Stage(low=0.075, likely=0.35, high=0.6, after=Spread(p50="3h", p90="1d"))
    hand.choose("message.responses.delivered.kind", "As once")
    hand.line("message.responses.delivered.successes", "97")
    assert model(window).delivered == Stage(successes=97, trials=100)
    hand.choose("message.responses.converted.kind", "A share")
    assert model(window).converted == Stage(likely=0.02, event="Order Completed")
    hand.type_name("message.responses.converted.event", "Refunded")
    hand.choose("message.responses.converted.after", "After a time")
    hand.line("message.responses.converted.fixed", "2")
    assert model(window).converted == Stage(likely=0.02, event="Refunded", after="2h")
    hand.choose("message.responses.converted.kind", "Not assumed")
    assert model(window).converted is None
    act(window, "go.content")
    assert window.pages.content.table.rows.rows[0][4] == "assumed"
    hand.undo_all()
    assert dumps(window.session.campaigns) == first


def test_members_of_an_audience_answer_otherwise(window: MainWindow, hand: Hand) -> None:
    window.open_campaign("message", "nudge")
    hand.choose("message.responses.opened.kind", "A share")
    hand.click(QPushButton, "message.responses.by.add")
    assert [(row.audience, row.opened) for row in model(window).by] == [("buyers", Stage(likely=0.3))]
    hand.line("message.responses.by.0.opened.likely", "50")
    assert model(window).by[0].opened == Stage(likely=0.5)
    assert model(window).opened == Stage(likely=0.3)
    combo = hand.find(QComboBox, "message.responses.by.0.audience")
    assert [combo.itemText(at) for at in range(combo.count())] == ["Buyers"]  # messages go to people, not accounts
    hand.click(QPushButton, "message.responses.by.add")
    assert "no other audience" in hand.find(QLabel, "message.responses.error").text()
    hand.click(QToolButton, "message.responses.by.0.remove")
    assert model(window).by == ()


def test_rows_made_anew_in_other_colours_still_edit(window: MainWindow, hand: Hand) -> None:
    window.open_campaign("message", "nudge")
    hand.click(QPushButton, "message.responses.by.add")
    act(window, "view.dark")
    hand.line("message.responses.by.0.opened.likely", "50")
    assert model(window).by[0].opened == Stage(likely=0.5)
    hand.click(QToolButton, "message.responses.by.0.remove")
    act(window, "view.dark")
    assert message(window).responses is None


def test_a_probability_out_of_range_is_said_beside_the_table(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    window.open_campaign("message", "nudge")
    hand.choose("message.responses.opened.kind", "A share")
    hand.line("message.responses.opened.likely", "130")
    qtbot.waitUntil(
        lambda: any(one.code == "response_probability" for one in window.session.problems()), timeout=30_000
    )
    assert "1.3 is no probability" in hand.problems("message.responses")


def test_a_step_answers_as_its_message_or_as_itself(window: MainWindow, hand: Hand) -> None:
    """D-28: a step's model replaces its message's as a whole, and begins as a copy."""
    first = dumps(window.session.campaigns)
    window.open_campaign("message", "nudge")
    hand.choose("message.responses.opened.kind", "A share")
    window.go("journey", "rescue", "nudge")
    assert step(window).responses is None
    hand.choose("inspector.responses", "Its own")
    assert step(window).responses == Responses(opened=Stage(likely=0.3))
    assert hand.undo_name == "Change the responses of “Nudge”"
    hand.line("inspector.responses.own.opened.likely", "80")
    assert step(window).responses == Responses(opened=Stage(likely=0.8))
    assert model(window) == Responses(opened=Stage(likely=0.3))
    hand.choose("inspector.responses", "Those of the message")
    assert step(window).responses is None
    hand.line("inspector.priority", "7")
    assert step(window).priority == 7
    hand.line("inspector.priority", "first")
    assert "not a number" in hand.error("inspector.priority")
    driver.key(hand.find(QLineEdit, "inspector.priority"), Qt.Key.Key_Escape)
    hand.choose("inspector.when_not_sent", "Leave")
    assert step(window).when_not_sent == "leave"
    hand.undo_all()
    assert dumps(window.session.campaigns) == first


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("none", Stage(likely=0.5), None),
        ("range", Stage(successes=3, trials=8, after="1h"), Stage(likely=0.375, after="1h")),
        ("counted", Stage(low=0.1, likely=0.25), Stage(successes=25, trials=100)),
        ("range", None, Stage(likely=0.3)),
        ("range", Stage(successes=3, trials=0), Stage(likely=0.3)),
    ],
)
def test_a_response_of_another_kind_keeps_what_it_can(kind: Any, before: Stage | None, after: Stage | None) -> None:
    assert response_edits.as_stage("opened", kind, before, "Order Completed") == after
