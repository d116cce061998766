"""Keep a forked process from taking more memory than it may."""

from __future__ import annotations

import resource
from pathlib import Path

SIZES = Path("/proc/self/statm")  # in pages; the first is all that is mapped. Linux alone has it


def limit_memory(more: int) -> None:
    """Let this process map so many bytes more than it was forked with: what a test process has mapped grows all along."""
    mapped = int(SIZES.read_text().split()[0]) * resource.getpagesize() if SIZES.exists() else 0
    resource.setrlimit(resource.RLIMIT_AS, (mapped + more, mapped + more))
