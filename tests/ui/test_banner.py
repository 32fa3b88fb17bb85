"""No notice is lost behind a newer one."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from engage_desktop.ui.banner import Banner
from tests.ui.driver import press


@pytest.fixture
def banner(qtbot: QtBot) -> Banner:
    made = Banner()
    qtbot.addWidget(made)
    return made


def shown(banner: Banner) -> str:
    """What a person reads; nothing where the banner is not there."""
    label = banner.findChild(QLabel, "banner.text")
    return label.text() if banner.isVisible() else ""


def close(banner: Banner) -> None:
    press(banner.findChild(QToolButton, "banner.close"))


def test_an_error_comes_back_after_what_covered_it(banner: Banner) -> None:
    banner.tell("error", "The disk is full.")
    banner.tell("info", "Saved.")
    banner.tell("warning", "The layout cannot be read.")
    assert shown(banner) == banner.sentence == "The layout cannot be read."
    close(banner)
    assert (shown(banner), banner.property("tone")) == ("The disk is full.", "error")
    close(banner)
    assert shown(banner) == banner.sentence == ""


def test_a_notice_whose_time_is_over_gives_way_to_what_it_covered(
    qtbot: QtBot, banner: Banner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engage_desktop.ui.banner._SHOWN_MS", {"info": 1})
    banner.tell("error", "The disk is full.")
    banner.tell("info", "Saved.")
    qtbot.waitUntil(lambda: shown(banner) == "The disk is full.")


def test_what_is_told_again_is_shown_once(banner: Banner) -> None:
    for sentence in ("The disk is full.", "It cannot be read.", "The disk is full."):
        banner.tell("error", sentence)
    assert shown(banner) == "The disk is full."
    close(banner)
    assert shown(banner) == "It cannot be read."
    close(banner)
    assert not shown(banner)


def test_an_offer_can_still_be_answered_after_a_notice(banner: Banner) -> None:
    answers: list[str] = []
    yes, no = (banner.findChild(QPushButton, f"banner.{name}") for name in ("yes", "no"))
    banner.offer("Bring it back?", "Bring back", lambda: answers.append("yes"), "Forget", lambda: answers.append("no"))
    banner.tell("warning", "The layout cannot be read.")
    assert not yes.isVisible()
    assert not no.isVisible()
    close(banner)
    assert (shown(banner), yes.text(), no.text()) == ("Bring it back?", "Bring back", "Forget")
    press(yes)
    assert (answers, shown(banner)) == (["yes"], "")


def test_all_can_be_forgotten(banner: Banner) -> None:
    banner.tell("error", "The disk is full.")
    banner.tell("error", "It cannot be read.")
    banner.clear()
    assert not shown(banner)
