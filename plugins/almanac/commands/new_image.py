"""Takes a picture into content/images for an article to show: without what it should not tell, under a good name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from almanac.commands.new_beside import begin
from almanac.content import images
from almanac.model.problem import WordError
from almanac.text.slug import slug


def main(content: Path, source: Path, now: datetime) -> int:
    """Write a copy of `source` that holds the picture alone, and say how an article shows it. The exit code."""
    try:
        data = images.bare(source.read_bytes())
    except (OSError, images.PictureError) as error:
        raise WordError(f"{source}: {error.strerror if isinstance(error, OSError) else error}") from error
    file = f"{images.FOLDER}/{now:%Y}/{slug(source.stem)}.{images.ending(data)}"
    if faults := images.read(data, file)[1]:
        raise WordError(f"{source}: {faults[0].text}")
    return begin(content, file, data, f"show it with ![what it shows](/{file})")
