"""Reading event logs: calls, identity, trait histories and the columnar store. Knows no campaign."""

from engage_desktop.events.build import ImportReport, build_store, read_logs
from engage_desktop.events.column import ABSENT, BOOL, LIST, NUMBER, OBJECT, TEXT, Column
from engage_desktop.events.file_options import FileOptions, file_options, known_options
from engage_desktop.events.file_report import FileReport
from engage_desktop.events.history import TraitHistory
from engage_desktop.events.rejects import NOTICE_CODES, Reject
from engage_desktop.events.store import NEVER, EventStore

__all__ = [
    "ABSENT",
    "BOOL",
    "LIST",
    "NEVER",
    "NOTICE_CODES",
    "NUMBER",
    "OBJECT",
    "TEXT",
    "Column",
    "EventStore",
    "FileOptions",
    "FileReport",
    "ImportReport",
    "Reject",
    "TraitHistory",
    "build_store",
    "file_options",
    "known_options",
    "read_logs",
]
