"""The pages of the rail, made once."""

from __future__ import annotations

from engage_desktop.ui.pages.activity import ActivityPage
from engage_desktop.ui.pages.audiences import AudiencesPage
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.pages.broadcasts import BroadcastsPage
from engage_desktop.ui.pages.content import ContentPage
from engage_desktop.ui.pages.data import DataPage
from engage_desktop.ui.pages.deliver import DeliverPage
from engage_desktop.ui.pages.home import HomePage
from engage_desktop.ui.pages.lists import ListPage
from engage_desktop.ui.pages.runs import RunsPage
from engage_desktop.ui.sending.page import SendingPage
from engage_desktop.ui.session import Session


class RailPages:
    """`all` maps page keys of the rail to their widgets."""

    def __init__(self, session: Session) -> None:
        self.home = HomePage(session)
        self.audiences = AudiencesPage(session)
        self.journeys = ListPage(session, "journey")
        self.broadcasts = BroadcastsPage(session)
        self.content = ContentPage(session)
        self.data = DataPage(session)
        self.runs = RunsPage(session)
        self.sending = SendingPage(session)
        self.deliver = DeliverPage(session)
        self.activity = ActivityPage(session)
        self.all: dict[str, Page] = {
            "home": self.home,
            "audiences": self.audiences,
            "journeys": self.journeys,
            "broadcasts": self.broadcasts,
            "content": self.content,
            "data": self.data,
            "runs": self.runs,
            "sending": self.sending,
            "deliver": self.deliver,
            "activity": self.activity,
        }
