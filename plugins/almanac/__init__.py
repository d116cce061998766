"""Registers the almanac with Pelican, and nothing else."""


def register() -> None:
    """Pelican's entry point. `site` is imported here so that the library works without Pelican."""
    from .site import connect

    connect()
