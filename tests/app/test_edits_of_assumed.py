"""An edit of a design in which assumed answers are heard: nobody had waited for anything in the run without them."""

from __future__ import annotations

import json

from engage_desktop.app.replay import Log, replay
from engage_desktop.document import loads
from engage_desktop.domain.campaigns import Campaigns
from tests.cli import shop
from tests.cli.test_sync import assumed_design
from tests.events.logs import store_of


def edited(**fields: object) -> Campaigns:
    campaigns, problems = loads(json.dumps(assumed_design() | fields))
    assert campaigns is not None, problems
    return campaigns


def test_an_edit_gives_the_run_of_the_edited_design() -> None:
    log = Log(store_of(shop.log()), ())
    before = replay(edited(), log, edits=True).run
    assert before.basis is not None
    assert before.basis.without is not None
    assert before.basis.without.made is None
    looks = {"key": "looks", "name": "Looks", "definition": "event('Product Viewed').count()"}
    after = edited(traits=[*assumed_design()["traits"], looks])
    assert replay(after, log, before=before).tables == replay(after, log).tables
