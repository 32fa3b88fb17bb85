"""Words, search, routes and walking: pure, without a window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QSizeF

from engage_desktop.app.protocol import StepFigures
from engage_desktop.document import ENTRY, loads, new_step
from engage_desktop.domain.campaigns import JourneyLayout
from engage_desktop.domain.step import STEP_TYPES, outputs
from engage_desktop.ui.canvas import placing, words
from engage_desktop.ui.canvas.catalogue import CATALOGUE, STEP_ICON, search
from engage_desktop.ui.canvas.content import card_content, short_number, step_figures, wire_content
from engage_desktop.ui.canvas.geometry import Curve
from engage_desktop.ui.canvas.obstacles import Obstacles
from engage_desktop.ui.canvas.walk import reach, walk
from engage_desktop.ui.canvas.wire_layout import course, to_target
from engage_desktop.ui.theme import icon_exists
from tests.ui.canvas.driving import CART, document


def journey():  # type: ignore[no-untyped-def]
    campaigns, _ = loads(CART)
    assert campaigns is not None
    return campaigns, campaigns.journeys[0]


@pytest.mark.parametrize(
    ("type_", "fields", "said"),
    [
        ("delay", {"duration": "2h"}, "Wait 2 h"),
        ("delay", {"duration": "1d12h"}, "Wait 1 day 12 h"),
        ("delay_until", {"time": "09:00", "weekdays": ("tue",)}, "Tuesday, 09:00, each person's zone"),
        (
            "delay_until",
            {"time": "09:00", "weekdays": ("mon", "wed")},
            "Monday or Wednesday, 09:00, each person's zone",
        ),
        (
            "delay_until",
            {"time": "18:30", "weekdays": ("fri", "mon", "tue", "wed", "thu"), "zone": "workspace"},
            "Monday to Friday, 18:30, workspace zone",
        ),
        ("delay_until", {"time": None, "trait": "renewal", "offset": "-3d"}, "Until 3 days before renewal"),
        ("delay_until", {"time": None, "property": "due", "past": "leave"}, "Until due, or leave"),
        ("delay_until", {"time": None, "at": "2025-03-31T09:00"}, "Until 2025-03-31 09:00, each person's zone"),
        ("delay_until", {"time": None, "at": "2025-03-31T09:00:00Z"}, "Until 2025-03-31 09:00:00Z"),
        ("fork", {}, "Each of 1 branches, once it applies"),
        ("hold", {"timeout": "2h"}, "Wait 2 h for Order Completed"),
        ("hold", {"timeout": "90m", "branches": ()}, "Wait 90 min"),
        (
            "hold",
            {"timeout": "2h", "branches": ({"key": "a", "event": "Product Added", "loop": True},)},
            "Until 2 h pass without Product Added",
        ),
        ("wait", {"condition": "trait('vip') = true", "timeout": "5d"}, "Until trait vip is true, at most 5 days"),
        ("split", {}, "Performed Order Completed?"),
        ("random", {}, "50 / 50, same arm each time"),
        ("random", {"sticky": False}, "50 / 50, drawn anew each time"),
        ("message", {"message": "nudge"}, "“Still thinking?”"),
        ("message", {"message": "gone"}, "“gone” does not exist yet"),
        ("ad", {"destination": "face_book", "remove_after": "30d"}, "Add to face book, for 30 days"),
        ("send", {"destination": "crm", "event_name": "Won"}, "Send “Won” to crm"),
        ("set_trait", {"trait": "vip", "value": True}, "Set vip to true"),
        ("set_trait", {"trait": "plan", "value": "gold"}, "Set plan to “gold”"),
        ("set_trait", {"trait": "rank", "value": 2.5}, "Set rank to 2.5"),
        ("set_trait", {"trait": "plan", "value": None}, "Remove plan"),
        ("end", {}, "Completed"),
    ],
)
def test_each_step_says_what_it_does(type_: str, fields: dict[str, object], said: str) -> None:
    campaigns, _ = journey()
    assert words.step_words(new_step(type_, "k", **fields), campaigns) == said


def test_a_fork_says_who_still_waits_in_it() -> None:
    """A fork is left when its last branch is taken (formats 4), so it holds people as a delay does."""
    figures = StepFigures(arrived=77, left=33, inside=44, people=60)
    assert [(one.label, one.text) for one in step_figures(new_step("fork", "k"), figures, 93)] == [
        ("through", "77"),
        ("inside", "44"),
    ]


def test_an_unfinished_condition_is_shown_as_typed() -> None:
    assert words.condition_words("event('Order") == "event('Order"
    assert words.condition_words("  ") == "no condition yet"


def test_entry_and_wires_speak() -> None:
    campaigns, cart = journey()
    assert words.entry_title(cart, campaigns) == "Product Added"
    assert words.entry_words(cart, campaigns) == "Price ≥ 20, every time"
    hold = cart.by_key["wait"]
    assert [words.output_words(hold, output) for output in outputs(hold)] == ["added again", "bought", "2 h passed"]


def test_every_type_has_title_icon_and_row() -> None:
    assert {item.type for item in CATALOGUE} == set(STEP_TYPES) == set(words.TYPE_TITLE)
    assert all(icon_exists(icon) for icon in STEP_ICON.values())
    for type_ in STEP_TYPES:
        content = card_content(new_step(type_, "k"), None)
        assert content.title
        assert content.line
        assert icon_exists(content.icon)


@pytest.mark.parametrize(
    ("text", "first"),
    [("", "delay"), ("del", "delay"), ("e-mail", "message"), ("ab", "random"), ("fin", "end"), ("rand spl", "random")],
)
def test_the_search_finds_by_any_word(text: str, first: str) -> None:
    if text == "ab":
        assert search("a/b")[0].type == "random"
        return
    assert search(text)[0].type == first


def test_recently_used_steps_lead_and_nonsense_finds_nothing() -> None:
    assert [item.type for item in search("", ("message", "end"))][:2] == ["message", "end"]
    assert search("zzz") == ()


def test_small_numbers_stay_whole() -> None:
    assert [short_number(n) for n in (7, 9_999, 45_600, 1_234_567)] == ["7", "9,999", "45.6 k", "1.23 M"]


def test_wire_share_is_of_those_who_entered() -> None:
    _, cart = journey()
    output = outputs(cart.by_key["coin"])[0]
    assert wire_content(cart.by_key["coin"], output, 693, 1386).share == 0.5
    assert wire_content(cart.by_key["coin"], output, 0, 0).share is None


def test_a_forks_branches_show_who_took_each() -> None:
    """Branches are not exclusive (D-14): two of them may together bear more than came."""
    fork = new_step("fork", "k")
    content = wire_content(fork, outputs(fork)[0], 31, 93)
    assert (content.label, content.count, content.share) == ("A", "31", 1 / 3)


def test_steps_without_a_place_stand_clear_of_those_with_one() -> None:
    _, cart = journey()
    sizes = dict.fromkeys([ENTRY, *cart.by_key], (232.0, 88.0))
    ideal = placing.positions(cart, None, sizes)
    stored = {key: ideal[key] for key in (ENTRY, "wait", "done")}
    stored["done"] = ideal["coin"]  # in the way of a step that has no place yet
    placed = placing.positions(cart, JourneyLayout(nodes=stored), sizes)
    assert {key: placed[key] for key in stored} == stored
    boxes = list(placed.items())
    for index, (_, a) in enumerate(boxes):
        assert not any(placing.overlaps(a, (232, 88), b, (232, 88)) for _, b in boxes[index + 1 :])


def test_a_long_wire_runs_around_a_card_in_its_way() -> None:
    cards = Obstacles([("card", (-116, 120, 116, 208))])
    start, end = QPointF(0, 0), QPointF(0, 340)
    assert cards.struck(Curve(start, end)) > 0
    way = course(start, end, cards)
    assert cards.struck(way) == 0
    assert (way.first, way.last) == (start, end)


def test_a_label_stands_beside_when_the_line_is_taken() -> None:
    start, end = QPointF(0, 0), QPointF(0, 120)
    other = Curve(QPointF(20, 0), QPointF(20, 120))
    blocked = Obstacles()
    blocked.put_line("other", other)
    laid = to_target(Curve(start, end), QSizeF(60, 20), True, blocked, Obstacles(), "mine")
    assert not any(laid.label.contains(*point) for point in other.samples)


def test_walking_up_down_and_sideways() -> None:
    _, cart = journey()
    places = placing.positions(cart, None, dict.fromkeys([ENTRY, *cart.by_key], (232.0, 88.0)))
    assert walk(cart, places, ENTRY, "down") == "wait"
    assert walk(cart, places, "wait", "up") == ENTRY
    assert {walk(cart, places, "done", "right"), walk(cart, places, "coin", "left")} == {"coin", "done"}
    assert walk(cart, places, "tuesday", "down") is None
    assert reach(cart, ["nudge"], down=False) == ["nudge", "coin", "wait", ENTRY]


def test_the_example_document_opens() -> None:
    assert document().campaigns.journeys[0].key == "cart"
