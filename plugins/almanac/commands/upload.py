"""Sends the built site to where it is published: a folder or object storage."""

from __future__ import annotations

import time
from pathlib import Path

from almanac import upload
from almanac.build import unchanged


def main(site: Path, address: str) -> int:
    """Run the second half of `publish --to`. The exit code. Raises UploadError."""
    started = time.perf_counter()
    counts = upload.upload(site, unchanged.state_folder(site), address)
    print(
        f"publish: {counts.files} sent, {counts.removed} deleted, {counts.unchanged} unchanged at {address}"
        f"{', resuming an interrupted run' if counts.resumed else ''} ({time.perf_counter() - started:.2f} s)"
    )
    return 0
