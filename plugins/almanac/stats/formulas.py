"""The published ways to weigh an hour of trouble."""

from __future__ import annotations

from typing import NamedTuple


class Formula(NamedTuple):
    """A published way to weigh an hour of trouble by how much of the service was declared hit."""

    slug: str
    name: str
    degraded: float
    partial: float
    full: float
    none: float = 0.0  # of what its provider rates as without impact: only the site's own formula counts it

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """Return what an hour of each class weighs, in the order of the columns of a day table."""
        return self.none, self.degraded, self.partial, self.full


DECLARED = Formula("all-equal", "any reported incident", 1.0, 1.0, 1.0, none=1.0)  # the site's own number
FORMULAS = (
    DECLARED,
    Formula("statuspage", "Statuspage", 0.0, 0.3, 1.0),
    Formula("incident-io", "incident.io", 0.0, 1.0, 1.0),
    Formula("openstatus", "OpenStatus", 0.0, 0.5, 1.0),
    Formula("aiwatch", "AIWatch", 0.3, 1.0, 1.0),
    Formula("graded", "1, ¾, ¼", 0.25, 0.75, 1.0),
    Formula("half-degraded", "1, 1, ½", 0.5, 1.0, 1.0),
)
