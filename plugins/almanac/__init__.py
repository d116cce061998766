"""Registers the almanac with Pelican, and nothing else."""


def register() -> None:
    """Connect the build to Pelican, whose entry point this is; it is imported here so that the rest works without Pelican."""
    from .build.pelican import connect

    connect()
