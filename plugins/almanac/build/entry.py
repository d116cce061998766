"""What the wheel installs as `pelican.plugins.almanac`, where Pelican looks for plugins by itself (see pyproject.toml).

A site whose settings are an almanac's is built as one; in any other, blocks of articles show parts of an archive.
"""

from __future__ import annotations

from typing import Any

from pelican import signals

GUEST = "ALMANAC_GUEST"  # the setting that holds the archive of which another site shows parts


def register() -> None:
    """Wait for the settings, which decide what is to be done."""
    signals.initialized.connect(_recognize)
    signals.finalized.connect(_leave)


def _recognize(pelican: Any) -> None:
    # Imported only where it is needed: Pelican gives articles to every reader that there is, and ours is one.
    settings = pelican.settings
    if "ALMANAC_PULL" in settings:
        from almanac.build.pelican import connect, start

        connect()
        start(pelican)
    elif settings.get("ALMANAC_ARCHIVE"):
        from almanac.build.guest import Guest

        settings[GUEST] = Guest(settings)
        settings["MARKDOWN"].setdefault("extensions", []).append(settings[GUEST])


def _leave(pelican: Any) -> None:
    if guest := pelican.settings.get(GUEST):
        guest.finish()
