"""The pinned PySide6 must not lose references to None (6.12.0 does, and kills the interpreter)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainterPath


def test_setters_keep_the_reference_count_of_none() -> None:
    thing, path = QObject(), QPainterPath()
    thing.setObjectName("warm")
    before = sys.getrefcount(None)
    for _ in range(1_000):
        thing.setObjectName("name")
        path.moveTo(1.0, 2.0)
    # Other code may take references in between; a lost one per call would be -2,000.
    assert sys.getrefcount(None) >= before - 20
