"""The incremental build: incidents and everything derived from the archive become pages without Pelican.

`plan` says where and when, `state` what is remembered, `press` what the output folder holds; `surfaces` lists what is
made, `build` does it in order, with a `crew` of processes where there is much to read.
"""

from almanac.engine.build import Build, BuildError, Built, Judgement, Outdated
from almanac.engine.plan import Plan, SettingError, plan

__all__ = ["Build", "BuildError", "Built", "Judgement", "Outdated", "Plan", "SettingError", "plan"]
