"""The open workspace in memory: the file codec, changes as data, history, edit operations,
validation and tidy layout. Knows neither storage nor Qt."""

from engage_desktop.document.atomic import write_text
from engage_desktop.document.canonical import to_data
from engage_desktop.document.change import Change, Edit, StaleChange, drop, put, put_layout
from engage_desktop.document.clipboard import copy_boxes, copy_steps, duplicate_steps, paste_boxes, paste_steps
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
from engage_desktop.document.document import Changed, Document
from engage_desktop.document.edit import (
    add_branch,
    add_step,
    delete_steps,
    insert_on_wire,
    move_branch,
    remove_branch,
    rename_step,
    rename_step_key,
    replace_with,
    set_branch,
    set_entry_fields,
    set_fields,
    set_journey_fields,
    with_fields,
)
from engage_desktop.document.fresh import fresh_key, new_step, unused_key
from engage_desktop.document.tidy import tidy
from engage_desktop.document.validation import validate
from engage_desktop.document.wiring import (
    ENTRY,
    EditRefused,
    OutputRef,
    can_connect,
    connect,
    disconnect,
    main_output,
)

__all__ = [
    "ENTRY",
    "Change",
    "Changed",
    "Document",
    "Edit",
    "EditRefused",
    "OutputRef",
    "StaleChange",
    "add_branch",
    "add_step",
    "can_connect",
    "connect",
    "content_hash",
    "copy_boxes",
    "copy_steps",
    "delete_steps",
    "disconnect",
    "drop",
    "dumps",
    "dumps_layout",
    "duplicate_steps",
    "fresh_key",
    "insert_on_wire",
    "load",
    "loads",
    "loads_layout",
    "main_output",
    "move_branch",
    "new_step",
    "paste_boxes",
    "paste_steps",
    "put",
    "put_layout",
    "remove_branch",
    "rename_step",
    "rename_step_key",
    "replace_with",
    "save",
    "save_layout",
    "set_branch",
    "set_entry_fields",
    "set_fields",
    "set_journey_fields",
    "tidy",
    "to_data",
    "unused_key",
    "validate",
    "with_fields",
    "write_text",
]
