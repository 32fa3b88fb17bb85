"""The gestures of the canvas, one file each."""

from engage_desktop.ui.canvas.gestures.band import BandGesture
from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage
from engage_desktop.ui.canvas.gestures.box import MoveBoxGesture, ResizeBoxGesture, resize_cursor
from engage_desktop.ui.canvas.gestures.connect import ConnectGesture
from engage_desktop.ui.canvas.gestures.drop import STEP_MIME, DropGesture
from engage_desktop.ui.canvas.gestures.move import MoveGesture
from engage_desktop.ui.canvas.gestures.pan import PanGesture

__all__ = [
    "STEP_MIME",
    "BandGesture",
    "ConnectGesture",
    "DropGesture",
    "Gesture",
    "MoveBoxGesture",
    "MoveGesture",
    "PanGesture",
    "Pointer",
    "ResizeBoxGesture",
    "Stage",
    "resize_cursor",
]
