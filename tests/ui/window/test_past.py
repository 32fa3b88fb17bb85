"""A destination that would send mail: in the window too nothing of a past window goes there (D-39)."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli import shop
from tests.cli.test_past import past_design
from tests.ui.window.test_deliver import Sender, open_shop

__all__ = ["open_shop"]


def test_no_mail_of_a_past_window_leaves(open_shop: Callable[..., Sender]) -> None:
    """Approved as it is: the steps are held back before the type is asked, and the type is none of this version."""
    sender = open_shop(past_design(type="email", settings={}), shop.log())
    sender.at("out")
    sender.approve("audience.buyers", "journey.after_order")
    assert "past step, not a sandbox" in sender.text("withheld")
    assert {body["context"]["personas"]["computation_class"] for body in sender.calls()} == {"audience"}
    assert "'email' is unknown. Use one of: file, sql, webhook." in sender.text("refused")
    assert not sender.button.isEnabled()
