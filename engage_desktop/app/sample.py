"""The sample workspaces: made from `sample_data/` at the first start, in the person's own data folder."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from engage_desktop.app.importing import import_logs
from engage_desktop.app.replay import Progress
from engage_desktop.app.workspace import CAMPAIGNS, EVENTS
from engage_desktop.domain.errors import InputError, UserError

SAMPLES = ("storefront", "online_retail")


def sample_folder(name: str) -> Path:
    """Where the shipped sample lies: beside the package, or inside the bundle."""
    root = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[2]))
    folder = root / "sample_data" / name
    if not folder.is_dir():
        raise InputError(
            f"{folder}: the sample is not here. Install the program again, or open a workspace of your own."
        )
    return folder


def data_folder() -> Path:
    """The person's own folder for workspaces."""
    from platformdirs import user_data_path

    return user_data_path("engage-desktop", appauthor=False)


def sample_workspace(name: str = SAMPLES[0], *, root: Path | None = None) -> tuple[Path, list[Path]]:
    """(workspace of a sample with its design in place, logs still to import): the window shows the
    design at once and imports in the background."""
    workspace = (root or data_folder()) / "samples" / name
    source = sample_folder(name)
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        for file in (CAMPAIGNS, "campaigns.layout.json"):
            if (source / file).exists() and not (workspace / file).exists():
                shutil.copyfile(source / file, workspace / file)
    except OSError as error:
        raise UserError(
            f"{workspace}: the sample workspace cannot be made ({error.strerror}). "
            "Free space and allow writing there, or open a workspace of your own."
        ) from error
    if (workspace / EVENTS).exists():
        return workspace, []
    return workspace, sorted(path for path in source.iterdir() if path.name.startswith("log."))


def ensure_sample(name: str = SAMPLES[0], *, root: Path | None = None, progress: Progress | None = None) -> Path:
    """The workspace of a sample, log and all, made at the first call; later calls only name it."""
    workspace, logs = sample_workspace(name, root=root)
    if logs:
        import_logs(workspace, logs, progress=progress)
    return workspace
