"""How a bench ends: its first faults, a line each, and whether all is well."""

from __future__ import annotations

from collections.abc import Sequence

MOST, LONGEST = 40, 300  # faults that are told, characters of each


def verdict(faults: Sequence[str]) -> int:
    """Print the end of a bench; its exit code, 1 if there is any fault."""
    for fault in faults[:MOST]:
        print(f"FAIL {fault[:LONGEST]}")
    print("FAIL" if faults else "PASS")
    return 1 if faults else 0
