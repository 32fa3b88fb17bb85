"""Timestamps of tables: order of day and month, zones, clocks that change (D-1, D-32, D-47)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.domain.errors import InputError
from engage_desktop.events.file_options import DAY_FIRST, MONTH_FIRST, file_options
from engage_desktop.events.local_times import DayOrder, LocalTimes


def read(text: str, order: str | None = DAY_FIRST, zone: str | None = "UTC") -> str | None:
    """The instant, or None where the text stays as it is and the log will reject it."""
    found = LocalTimes(order, zone).text(text)
    return None if found == text else format_instant(parse_instant(found))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("31/01/2011 09:00", "2011-01-31T09:00:00Z"),
        ("1.2.2011 9:00:30", "2011-02-01T09:00:30Z"),
        ("1-2-2011 09:00:30,25", "2011-02-01T09:00:30.25Z"),
        ("01/02/2011", "2011-02-01T00:00:00Z"),
        ("01/02/2011, 9:00 PM", "2011-02-01T21:00:00Z"),
        ("01/02/2011 12:00 a.m.", "2011-02-01T00:00:00Z"),
        ("01/02/2011 12:00 pm", "2011-02-01T12:00:00Z"),
        ("01/02/2011T09:00+01:00", "2011-02-01T08:00:00Z"),
        ("01/02/2011 09:00 -0530", "2011-02-01T14:30:00Z"),
        ("2011-02-01 09:00", "2011-02-01T09:00:00Z"),
        ("2011-02-01T09:00:00.123456789", "2011-02-01T09:00:00.123456Z"),
        ("2011-02-01", "2011-02-01T00:00:00Z"),
    ],
)
def test_day_first_and_iso_texts_are_instants_in_the_zone_of_the_file(text: str, instant: str) -> None:
    assert read(text) == instant


def test_month_first_is_the_other_order() -> None:
    assert read("12/1/2010 8:26", MONTH_FIRST) == "2010-12-01T08:26:00Z"


@pytest.mark.parametrize(
    "text",
    ["30/02/2011 09:00", "01/13/2011 09:00", "01/02/2011 25:00", "01/02/2011 13:00 PM", "01/02/11", "1/2.2011", "soon"],
)
def test_what_is_no_day_and_time_stays_and_is_rejected_later(text: str) -> None:
    assert read(text) is None


def test_without_a_zone_nothing_is_guessed() -> None:
    """D-47: only a person may say the zone of a file; one that stands in the text counts anyway."""
    for text in ("31/01/2011 09:00", "2011-01-31 09:00", "2011-01-31"):
        assert read(text, zone=None) is None
    assert read("31/01/2011 09:00 UTC", zone=None) == "2011-01-31T09:00:00Z"
    assert read("31/01/2011 09:00", order=None) is None
    assert read("2011-01-31T09:00:00Z", zone="Europe/London") is None, "an instant with a zone is left alone"


@pytest.mark.parametrize(
    ("zone", "text", "instant"),
    [
        ("Europe/London", "27/03/2011 00:59", "2011-03-27T00:59:00Z"),
        ("Europe/London", "27/03/2011 01:30", "2011-03-27T01:00:00Z"),
        ("Europe/London", "27/03/2011 02:00", "2011-03-27T01:00:00Z"),
        ("Europe/London", "30/10/2011 01:30", "2011-10-30T00:30:00Z"),
        ("America/New_York", "13/03/2011 02:00:00.5", "2011-03-13T07:00:00Z"),
        ("Australia/Lord_Howe", "02/10/2011 02:15", "2011-10-01T15:30:00Z"),
        ("Pacific/Apia", "30/12/2011 12:00", "2011-12-30T10:00:00Z"),
    ],
)
def test_clocks_that_change(zone: str, text: str, instant: str) -> None:
    """D-32: a time that happens twice is the first, one that does not exist the first instant after the gap."""
    assert read(text, zone=zone) == instant


@given(
    moment=st.datetimes(datetime(1960, 1, 1), datetime(2035, 1, 1)),
    zone=st.sampled_from(
        ["Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
    ),
)
def test_a_local_time_is_the_first_instant_whose_clock_shows_it_or_more(moment: datetime, zone: str) -> None:
    """D-32 by brute force: of the instants around, the first at which the zone's clock shows the time; if none
    does, the first second after the clock jumped over it."""
    moment = moment.replace(microsecond=0)
    found = datetime.fromisoformat(LocalTimes(None, zone).text(moment.isoformat()))
    place = ZoneInfo(zone)

    def shown(instant: datetime) -> datetime:
        return instant.astimezone(place).replace(tzinfo=None)

    candidates = {moment.replace(tzinfo=UTC) - offset for offset in _offsets(moment, place)}
    exact = [one for one in candidates if shown(one) == moment]
    if exact:
        assert found == min(exact)
    else:
        assert shown(found) > moment > shown(found - timedelta(seconds=1))


def _offsets(moment: datetime, place: ZoneInfo) -> set[timedelta]:
    around = (moment.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in range(-48, 49))
    return {offset for one in around if (offset := one.astimezone(place).utcoffset()) is not None}


def order(*texts: str) -> str | None:
    evidence = DayOrder()
    evidence.see_row(texts, range(len(texts)))
    return evidence.settle("log.csv")


def test_a_day_over_twelve_proves_the_order() -> None:
    assert order("01/02/2011 09:00", "13/02/2011 09:00") == DAY_FIRST
    assert order("01/02/2011 09:00", "02/13/2011 09:00") == MONTH_FIRST
    assert order("2011-02-01T09:00:00Z", "whenever") is None
    assert order("02/02/2011", "03/03/2011") == DAY_FIRST, "both orders say the same"
    assert order("03/03/2011", "02/13/2011") == MONTH_FIRST


@pytest.mark.parametrize(
    "texts",
    [
        ("03/04/2011 09:00",),
        ("03/03/2011", "03/04/2011"),
        ("13/02/2011", "02/13/2011", "01/02/2011"),
        ("14/13/2011", "01/02/2011"),
    ],
)
def test_what_proves_nothing_or_both_is_asked(texts: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="--dates day-first"):
        order(*texts)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"dates": "german"}, "day-first, month-first"),
        ({"decimal": ";"}, "point, comma"),
        ({"zone": "Mars/Olympus"}, "Europe/London"),
        ({"zone": "../etc"}, "Europe/London"),
        ({"encoding": "utf-99"}, "cp1252"),
        ({"encoding": "zip"}, "cp1252"),
        ({"delimiter": "ab"}, "semicolon"),
        ({"delimiter": '"'}, "semicolon"),
    ],
)
def test_an_option_that_means_nothing_says_what_would(options: dict[str, str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        file_options(**options)
    assert says in str(caught.value)
    assert f"--{next(iter(options))}" in str(caught.value)
