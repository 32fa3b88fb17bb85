"""What the pages of a message and of a broadcast share: name, key, edits as changes, problems beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, Literal, TypeVar

from pydantic import ValidationError
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from engage_desktop.document.change import Change, put
from engage_desktop.document.document import Changed
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.message import Broadcast, Message
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.inspector.edits import sentence
from engage_desktop.ui.inspector.fields import TextField
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.problems import ProblemBox
from engage_desktop.ui.session import Session

Item = TypeVar("Item", Message, Broadcast)
Rekey = Callable[[Campaigns, str, str], Change]


class ItemPage(Page, Generic[Item]):
    """Edits the `item` of one key, each edit one change of the document. Subclasses add cards to `body` and
    show the item in `load`."""

    kind: Literal["message", "broadcast"]

    def __init__(self, session: Session, kind: Literal["message", "broadcast"], words: str, rekey: Rekey) -> None:
        super().__init__(session, kind, "", words)
        self.kind, self._rekey = kind, rekey
        self._key = self._given = ""
        self._boxes: list[tuple[ProblemBox, frozenset[str]]] = []
        self.title.hide()
        self.setAccessibleName(kind.capitalize())
        self.name = QLineEdit()
        self.name.setObjectName(f"{kind}.name")
        self.name.setAccessibleName(f"Name of the {kind}")
        self.name.setProperty("role", "page-edit")
        self.name.editingFinished.connect(self._rename)
        self.heads.insertWidget(0, self.name)
        self.key_field = TextField("Key", f"{kind}.key", self._put_key, optional=False)
        self.key_field.setFixedWidth(200)
        self.head.addWidget(self.key_field)
        session.document_changed.connect(self._document_changed)
        session.run_changed.connect(lambda _run: self.show_problems())
        session.trust.changed.connect(self.show_problems)

    @property
    def item(self) -> Item | None:
        raise NotImplementedError

    def load(self, item: Item) -> None:
        """Show the item in the fields."""
        raise NotImplementedError

    def remake(self) -> None:
        """Make anew what has icons in the old colours."""
        raise NotImplementedError

    # -- showing --------------------------------------------------------------------------

    def theme_changed(self) -> None:
        self.remake()
        self._load()

    def show_key(self, key: str) -> None:
        self._key = key
        self._load()

    def _document_changed(self, changed: Changed) -> None:
        self._key = rekeyed(changed, self.kind).get(self._key, self._key)
        self._load()

    def _load(self) -> None:
        item = self.item
        if item is None:
            return
        name = item.name or item.key
        if not self.name.hasFocus() or self.name.text().strip() in (name, self._given):  # else somebody is typing
            self.name.setText(name)
        self._given = name
        self.key_field.set_value(item.key)
        self.load(item)
        self.show_problems()

    def problem_box(self, name: str, *fields: str) -> ProblemBox:
        """A box for the problems of these fields; that of no fields shows all that no other box does."""
        made = ProblemBox(f"{self.kind}.{name}.problems")
        made.fix_asked.connect(self.session.trust.fix)
        self._boxes.append((made, frozenset(fields)))
        return made

    def show_problems(self) -> None:
        root = f"{self.kind}s.{self._key}"
        found = self.session.problems(root)
        taken = frozenset[str]().union(*(fields for _, fields in self._boxes))
        for box, fields in self._boxes:
            box.show_problems(tuple(
                problem for problem in found
                if (self.field_of(problem, root) in fields if fields else self.field_of(problem, root) not in taken)
            ))  # fmt: skip

    def field_of(self, problem: Problem, root: str) -> str:
        """The field of the item that a problem is about."""
        return problem.path.removeprefix(root).removeprefix(".").split(".")[0]

    # -- editing --------------------------------------------------------------------------

    def rename(self) -> None:
        """Put the keyboard into the name."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def put(self, words: str, **fields: object) -> str | None:
        """Set fields of the item in one change; None, or the sentence that refuses them."""
        item = self.item
        if item is None:
            return f"This {self.kind} is gone. Undo to bring it back."
        return self._apply(lambda: self._change(f"{words} of “{item.name or item.key}”", item, **fields))

    def putter(self, field: str, called: str) -> Callable[[object], str | None]:
        """What a field of the page calls when it is changed."""
        return lambda value: self.put(f"Change {called}", **{field: value})

    def _rename(self) -> None:
        item, text = self.item, self.name.text().strip()
        if item is None:
            return
        if not text:
            self.name.setText(item.name or item.key)
        elif text != (item.name or item.key):
            words = f"Rename “{item.name or item.key}” to “{text}”"
            refused = self._apply(lambda: self._change(words, item, name=text))
            if refused:
                self.session.notify("error", refused)

    def _put_key(self, key: object) -> str | None:
        return self._apply(lambda: self._rekey(self.session.campaigns, self._key, str(key)))

    def _change(self, words: str, item: Item, **fields: object) -> Change:
        return Change(words, (put(self.session.campaigns, self.kind, item.with_(**fields)),))

    def _apply(self, make: Callable[[], Change]) -> str | None:
        """Make a change and commit it; None, or the sentence that refuses it."""
        try:
            self.session.document.apply(make())
        except (UserError, ValidationError, ValueError) as error:
            return sentence(error)
        return None


def rekeyed(changed: Changed, kind: str) -> Mapping[str, str]:
    """Old and new keys of the things of a kind that a change gave another key."""
    return {
        edit.before.key: edit.after.key
        for edit in changed.change.edits
        if edit.kind == kind
        and isinstance(edit.before, Message | Broadcast)
        and isinstance(edit.after, Message | Broadcast)
        and edit.before.key != edit.after.key
    }
