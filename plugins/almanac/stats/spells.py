"""Spells of trouble: whole incidents merged where they overlap, measured in covered seconds.

How far a share in trouble may be off is read from weeks (`intervals`) and, because one long incident lies in many
weeks, from whole spells: with n spells of d seconds the standard error of their sum is sqrt(sum d^2), if they begin as
a Poisson process (a compound Poisson sum).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from almanac.stats.days import Ints, disjoint, seconds_before

DOMINANT = 0.5  # of all trouble: one spell of more says nothing about how spells vary


class Spells(NamedTuple):
    """Covered seconds that lie before the start and before the end of each spell, in order."""

    since: Ints
    until: Ints

    def within(self, since: int, until: int) -> Ints:
        """Return the covered seconds of each spell that lie between two instants of covered time, if there are any."""
        first, after = np.searchsorted(self.until, since, "right"), np.searchsorted(self.since, until, "left")
        lengths = np.minimum(self.until[first:after], until) - np.maximum(self.since[first:after], since)
        return lengths[lengths > 0]


def spells(starts: Ints, ends: Ints, covered: tuple[Ints, Ints]) -> Spells:
    """Return the spells of incidents: their union, cut to covered time. A gap in the coverage does not part a spell."""
    since, until = disjoint(starts, ends)
    return Spells(seconds_before(*covered, since), seconds_before(*covered, until))


def is_dominated(lengths: Ints) -> bool:
    """Say whether one spell is more than half of all trouble."""
    return bool(len(lengths)) and bool(lengths.max() > DOMINANT * lengths.sum())
