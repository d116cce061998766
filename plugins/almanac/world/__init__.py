"""A world that knows the truth: what happens at every provider, its feeds as they stand at a moment, a clock, a server.

    world = of_facts(providers, incidents, until)     # or by_chance(providers, seed, since, until)
    clock = Clock(since)
    with WorldServer(world, clock) as server:
        for moment in world.moments(since, until):
            clock.set(moment)
            ...                                              # pull --via server.url, build, look
            world.open(moment)["openai"]                     # what is true: the events that go on

What the record and the pages say can so be held against the truth at every step. It imports nothing but model.
"""

from almanac.world.clock import Clock
from almanac.world.faults import Fault, FeedOutage
from almanac.world.page import StatusPage, Tenure, page
from almanac.world.server import WorldServer
from almanac.world.truth import Event, Life, Post, State
from almanac.world.whole import World, by_chance, of_facts
