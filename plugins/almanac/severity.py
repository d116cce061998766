"""What the words mean by which providers say how bad it is: impact, and the kind of event that follows from it."""

from __future__ import annotations

from almanac.model import Impact, Kind

# Statuspage and incident.io; their words for components; Google Cloud's status_impact/severity; xAI's "disruption".
WORDS = {
    "critical": Impact.CRITICAL,
    "full_outage": Impact.CRITICAL,
    "major": Impact.MAJOR,
    "major_outage": Impact.MAJOR,
    "partial_outage": Impact.MAJOR,
    "service_disruption/high": Impact.MAJOR,
    "minor": Impact.MINOR,
    "degraded_performance": Impact.MINOR,
    "service_disruption/medium": Impact.MINOR,
    "service_disruption/low": Impact.MINOR,
    "disruption": Impact.MINOR,
    "none": Impact.NONE,
    "operational": Impact.NONE,
    "maintenance": Impact.MAINTENANCE,
    "under_maintenance": Impact.MAINTENANCE,
}
FAMILIES = {"service_outage/": Impact.CRITICAL, "service_information/": Impact.NONE}
FULL = frozenset({"critical", "full_outage", "major_outage"})  # words for all of the service, not a part of it


def impact_of(stated: str) -> Impact:
    """Our impact for the source's word; `unknown` for a word that is not known, which is worth a report."""
    word = stated.strip().lower().replace(" ", "_")
    families = (impact for family, impact in FAMILIES.items() if word.startswith(family))
    return WORDS.get(word) or next(families, Impact.UNKNOWN)


def is_full(stated: str) -> bool:
    """True where the source says that all of the service is out."""
    word = stated.strip().lower().replace(" ", "_")
    return word in FULL or word.startswith("service_outage/")


def kind_by_impact(stated: str) -> Kind:
    """The kind of an event about which nothing but the impact tells: outage if all is out, else degradation."""
    if impact_of(stated) is Impact.MAINTENANCE:
        return Kind.MAINTENANCE
    return Kind.OUTAGE if is_full(stated) else Kind.DEGRADATION
