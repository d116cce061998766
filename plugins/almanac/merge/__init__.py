"""Known + seen → changes: what a reading makes of the archive. Pure; nothing is ever lost."""

from almanac.merge.twins import counterpart
from almanac.merge.updates import in_effect

__all__ = ["counterpart", "in_effect"]
