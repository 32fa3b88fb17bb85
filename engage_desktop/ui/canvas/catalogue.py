"""The step types a person can add: title, one line, icon, words to find them by. Qt-free and pure."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Journey
from engage_desktop.domain.step import CATEGORY, SendMessage, StepBase

STEP_ICON = {
    "delay": "clock",
    "delay_until": "calendar-days",
    "hold": "pause",
    "wait": "hourglass",
    "split": "split",
    "fork": "git-fork",
    "random": "dice-5",
    "message": "mail",
    "ad": "megaphone",
    "send": "send",
    "set_trait": "tag",
    "end": "flag",
}
CHANNEL_ICON = {"email": "mail", "sms": "message-square", "push": "bell", "whatsapp": "message-circle"}


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One row of the search box. `words` are further words it is found by."""

    type: str
    title: str
    line: str
    words: str

    @property
    def icon(self) -> str:
        return STEP_ICON[self.type]

    @property
    def category(self) -> str:
        return CATEGORY[self.type]

    @property
    def key(self) -> str:
        return self.type


@dataclass(frozen=True, slots=True)
class JoinItem:
    """A step that is there already, to which an output may lead; `key` is empty for the end of the path."""

    key: str
    title: str
    line: str
    icon: str
    category: str


CATALOGUE: tuple[CatalogueItem, ...] = (
    CatalogueItem("delay", "Delay", "Wait a fixed time", "pause sleep hours days later"),
    CatalogueItem("delay_until", "Delay until a time", "Next Tuesday 09:00, or a date they gave", "date weekday"),
    CatalogueItem("hold", "Hold until an event", "Go on when they do something, or time is up", "wait event timeout"),
    CatalogueItem("wait", "Wait for a condition", "Go on as soon as it becomes true", "until audience trait"),
    CatalogueItem("split", "Split", "True or false, or the first branch that applies", "branch if else condition"),
    CatalogueItem("fork", "Fork", "Every branch that applies, side by side", "multi branch parallel"),
    CatalogueItem("random", "Random split", "A/B test or holdout by percent", "experiment test control holdout"),
    CatalogueItem("message", "Message", "E-mail, SMS, push or WhatsApp", "email mail sms push whatsapp send content"),
    CatalogueItem("ad", "Ad audience", "Add to a list destination, remove later", "advertising facebook google list"),
    CatalogueItem("send", "Send to destination", "A webhook, table or tool gets a row", "webhook sql crm sync export"),
    CatalogueItem("set_trait", "Set trait", "Write a value on the person", "property attribute tag profile update"),
    CatalogueItem("end", "End", "Leave here, with a named outcome", "finish exit stop outcome complete"),
)


def search(text: str, recent: tuple[str, ...] = ()) -> tuple[CatalogueItem, ...]:
    """Rows whose words start with every term of `text`, best first: title, then other words; recently
    used types lead within a rank. Without text, recent ones lead in the authored order."""
    terms = text.lower().split()
    ranked = []
    for position, item in enumerate(CATALOGUE):
        rank = _rank(item, terms)
        if rank is not None:
            used = recent.index(item.type) if item.type in recent else len(recent)
            ranked.append((rank, used, position, item))
    return tuple(entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3]))


MOST_JOINS = 60


def search_joins(text: str, joins: tuple[JoinItem, ...]) -> tuple[JoinItem, ...]:
    """Those whose title or line holds every term of `text`, titles that begin with it first; not more than a
    person reads."""
    wanted = text.casefold().strip()
    found = [
        (not item.title.casefold().startswith(wanted), place, item)
        for place, item in enumerate(joins)
        if all(term in f"{item.title} {item.line}".casefold() for term in wanted.split())
    ]
    return tuple(item for _, _, item in sorted(found, key=lambda row: row[:2])[:MOST_JOINS])


def _rank(item: CatalogueItem, terms: list[str]) -> int | None:
    title = item.title.lower()
    pools = (title.split(), f"{item.words} {item.line.lower().replace(',', '')}".split())
    worst = 0
    for place, term in enumerate(terms):
        if place == 0 and title.startswith(term):
            continue
        found = next((rank for rank, pool in enumerate(pools, 1) if any(word.startswith(term) for word in pool)), None)
        if found is None:
            return None
        worst = max(worst, found)
    return worst


def step_icon(step: StepBase, campaigns: Campaigns | None = None) -> str:
    """The icon of a card; a message shows its channel."""
    if isinstance(step, SendMessage) and campaigns and (message := campaigns.message(step.message)):
        return CHANNEL_ICON[message.channel]
    return STEP_ICON.get(step.type, "circle-help")


def entry_icon(journey: Journey) -> str:
    if isinstance(journey.entry, EventEntry):
        return "zap"
    return "users" if isinstance(journey.entry, AudienceEntry) else "calendar-clock"
