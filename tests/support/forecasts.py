"""A forecast as tests want one: whatever does not matter to them has a likely value."""

from __future__ import annotations

from almanac.stats.issued import Issued
from almanac.stats.recovery import Forecast

LIKELY = (10.0, 20.0, 40.0, 80.0, 160.0)  # minutes


def issued(
    incident: str, started: int, minutes: int, *, provider: str = "anthropic", quantiles: tuple[float, ...] = LIKELY
) -> Issued:
    """Return a forecast made so many minutes after the start (epoch seconds) of an incident."""
    forecast = Forecast(
        at=started + 60 * minutes,
        elapsed=float(minutes),
        quantiles=quantiles,
        chances=(0.4, 0.65, 0.85, 0.95, 0.99),
        n=30,
        others=5,
        effective=20.5,
        borrowed=0.3,
    )
    return Issued(provider=provider, incident=incident, phase="identified", forecast=forecast)
