"""The open workspace in memory: the file codec, changes as data, history, edit operations,
validation and tidy layout. Knows neither storage nor Qt."""

from engage_desktop.document.atomic import write_text
from engage_desktop.document.canonical import to_data
from engage_desktop.document.codec import (
    content_hash,
    dumps,
    dumps_layout,
    load,
    loads,
    loads_layout,
    save,
    save_layout,
)

__all__ = [
    "content_hash",
    "dumps",
    "dumps_layout",
    "load",
    "loads",
    "loads_layout",
    "save",
    "save_layout",
    "to_data",
    "write_text",
]
