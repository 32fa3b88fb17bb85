"""A broadcast is approved in the window, by button and by command; what rests on a draft does not leave (D-39)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from tests.cli import shop
from tests.cli.test_approve import mailed_design
from tests.ui.driver import act, undo
from tests.ui.window.test_deliver import Sender, open_shop

__all__ = ["open_shop"]


def test_what_rests_on_a_broadcast_leaves_once_that_is_approved(open_shop: Callable[..., Sender]) -> None:
    """By its button here and by its command; an edit of it makes it a draft again, and taking that back does not."""
    sender = open_shop(mailed_design(), shop.log())
    window = sender.window
    sender.at("real")
    sender.approve("audience.mailed")
    assert sender.text("refused").startswith("broadcast spring is a draft. Approve first")
    assert not sender.button.isEnabled()
    assert sender.find(QPushButton, "deliver.approve.broadcast.spring").accessibleName() == "Approve: Spring"
    sender.approve("broadcast.spring")
    assert sender.text("refused") == ""
    assert sender.button.isEnabled()
    sender.approve("broadcast.spring")  # the button takes it back
    assert not sender.button.isEnabled()
    window.open_campaign("broadcast", "spring")
    state = window.topbar.state
    assert (state.isVisible(), state.text()) == (True, "Draft")
    act(window, "campaign.approve")
    sender.settle()
    assert state.text() == "Approved"
    sender.line("broadcast.throughput", "10")
    sender.settle()
    assert state.text() == "Draft"
    act(window, "go.broadcasts")
    assert window.pages.broadcasts.table.rows.rows[0][-1] == "Draft"
    act(window, "go.deliver")
    sender.settle()
    assert "broadcast spring is a draft" in sender.text("refused")
    assert sender.left("real") == []
    undo(window)
    sender.settle()
    assert sender.text("refused") == ""
    assert sender.sent(sender.by_keyboard) == "Done: 1 sent."
    assert [body["userId"] for body in sender.left("real")] == ["ann"]
