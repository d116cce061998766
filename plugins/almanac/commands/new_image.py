"""Takes a picture into content/images for an article to show: without what it should not tell, under a good name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from almanac.content import images
from almanac.text.slug import slug


def main(content: Path, source: Path, now: datetime) -> int:
    """Write a copy of `source` that holds the picture alone, and say how an article shows it. The exit code."""
    try:
        data = images.bare(source.read_bytes())
        file = f"{images.FOLDER}/{now:%Y}/{slug(source.stem)}.{images.ending(data)}"
        if faults := images.read(data, file)[1]:
            raise images.PictureError(faults[0].text)
        path = content / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as opened:
            opened.write(data)
    except FileExistsError:
        print(f"new: {content.name}/{file} already exists; rename your picture first")
    except (OSError, ValueError) as error:
        print(f"new: {source}: {error.strerror if isinstance(error, OSError) else error}")
    else:
        print(f"new: wrote {content.name}/{file}; show it with ![what it shows](/{file})")
        return 0
    return 1
