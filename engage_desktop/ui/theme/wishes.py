"""How the window shall look and move: what the person chose, else what the system says of them."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QStyle

from engage_desktop.ui.theme.tokens import ThemeMode

THEME, MOTION = "window/theme", "window/reduced_motion"
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


def wished_mode(settings: QSettings) -> ThemeMode:
    """The mode to start in: the one chosen last; at the first start high contrast or dark where the system is so."""
    chosen = str(settings.value(THEME, ""))
    if chosen in set(ThemeMode):
        return ThemeMode(chosen)
    hints = QApplication.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return ThemeMode.CONTRAST
    return ThemeMode.DARK if hints.colorScheme() == Qt.ColorScheme.Dark else ThemeMode.LIGHT


def wished_stillness(settings: QSettings) -> bool:
    """Whether nothing shall move by itself: as chosen last, else where the system animates nothing."""
    chosen = settings.value(MOTION)
    if chosen is not None:
        return str(chosen).lower() == "true"
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


def still_effects() -> None:
    """Switch the toolkit's own effects off."""
    for effect in _EFFECTS:
        QApplication.setEffectEnabled(effect, False)
