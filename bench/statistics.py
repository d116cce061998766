"""Bench of the statistics: real figures of a known window, seeded simulations, independent re-derivation, speed.

python3 tasks.py bench statistics [facts ranks plasmode pairs csv published speed] [--runs 500]
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from almanac.model import Card, Stretch
from almanac.stats import backups, patterns
from almanac.stats import plasmode as plasmodes
from almanac.stats.availability import Measure, intervals, measure, measures
from almanac.stats.backups import holm, together
from almanac.stats.days import Days, by_day, disjoint
from almanac.stats.formulas import FORMULAS
from almanac.stats.intervals import Bounds, root_errors
from almanac.stats.plasmode import MIN_LENGTHS
from almanac.stats.rank_intervals import Bools, Ranks, Sample, step_down, tell_apart
from almanac.stats.rank_intervals import ranks as ranks_of
from almanac.stats.ranking import MIN_INCIDENTS, leaderboard
from almanac.stats.record import record
from almanac.stats.spells import DOMINANT, is_dominated
from almanac.stats.windows import DAY, WEEK, between, everything, last, periods, total
from bench import rederive, simulation, synthetic
from tests.support.stats.facts import FACTS, Facts, load

SEED = 20_260_302
PROVIDERS = 12
QUARTER, YEAR = 13, 52  # weeks
PUBLISHED = 1_782_864_000  # the end of the record of a build of 1 July 2026, at midnight
MANY_LENGTHS = 20
QUICK = 2_000  # resamples: a bench looks at hundreds of worlds
EQUAL = np.full(PROVIDERS, 0.01)
DIFFERENT = 1 - np.linspace(0.999, 0.96, PROVIDERS)
WINDOW = between(1_778_198_400, 1_782_345_600)  # 2026-05-08 to 2026-06-24


def facts(_: int) -> bool:
    """Availability by formula for all providers covered in the window, with coverage and exclusions."""
    inputs = load()
    now = max(f.covered[-1].until for f in inputs.values())
    records = [record(f.provider, f.cards, f.covered, now=now) for f in inputs.values()]
    print(f"availability, {WINDOW.name}, in percent; a range where the record leaves something open")
    print(f"{'':14s}{'covered':>8s}{'n':>5s}  " + "".join(f"{f.name:>22s}" for f in FORMULAS) + "  rank")
    fine = True
    for machine in (False, True):
        board = leaderboard(records, WINDOW, machine=machine)
        for standing in board.standings:
            _line(standing.provider, standing.measure, f"{standing.rank.best}-{standing.rank.worst}")
        for left in board.unranked:
            if left.measure.availability:
                _line(left.provider, left.measure, f"not ranked: {left.why}")
                low, high = left.measure.availability
                fine &= not (low == high == 0.0) and not (low == high == 1.0 and left.measure.coverage < 0.6)
        print("groups that cannot be told apart:", "; ".join(", ".join(g) for g in board.groups) or "none")
    print("\nthe whole record: the longest that counts, what is left out by rule, and the longest of that")
    for one in records:
        reasons = ", ".join(f"{count} {why}" for why, count in one.selection.reasons) or "nothing"
        longest = _longest(one.selection.eligible), _longest(left.card for left in one.selection.left_out)
        print(f"  {one.provider.slug:14s}{longest[0]:7.1f} d; left out: {reasons}; {longest[1]:.1f} d")
    return fine


def _longest(cards: Iterable[Card]) -> float:
    """Days of the longest incident with a recorded end."""
    return max((c.ended - c.started for c in cards if c.ended), default=0) / DAY


def _line(slug: str, numbers: Measure, rank: str) -> None:
    cells = "".join(
        f"{f'{b.low:.2%}' if b.high - b.low < 5e-5 else f'{b.low:.1%} to {b.high:.1%}':>22s}" for b in numbers.formulas
    )
    none = numbers.rate and not numbers.n
    bound = (
        f"; none declared allows up to {numbers.rate.interval.high:.1f} per 30 days" if numbers.rate and none else ""
    )
    print(f"{slug:14s}{numbers.coverage:8.0%}{numbers.n:5d}  {cells}  {rank}{bound}")


def ranks(runs: int) -> bool:
    """Equal providers are not told apart, and rank intervals of different ones hold the truth."""
    random = np.random.default_rng(SEED)
    separated = sum(tell_apart(simulation.sample(random, EQUAL), QUICK).any() for _ in range(runs))
    print(f"equal: in {1 - separated / runs:.1%} of {runs} runs nobody is called better (at least 90 % wanted)")
    worlds = [simulation.sample(random, DIFFERENT) for _ in range(runs)]
    own = [_all_ranks(tell_apart(world, QUICK)) for world in worlds]
    oracle = _oracle(np.random.default_rng(SEED + 1))
    ideal = [oracle(world) for world in worlds]
    holds, widths = _held(own), _widths(own)
    print(
        f"different: the least often held true rank {holds.min():.1%} (at least 88 % wanted), mean width "
        f"{widths.mean():.2f}; the oracle's {_widths(ideal).mean():.2f}, held {_held(ideal).min():.1%}"
    )
    print("  widths by true rank  " + " ".join(f"{w:5.1f}" for w in widths))
    print("  oracle               " + " ".join(f"{w:5.1f}" for w in _widths(ideal)))
    _availability_intervals(max(runs, 300))
    return bool(separated <= 0.1 * runs and holds.min() >= 0.88)


def _all_ranks(worse: Bools) -> tuple[Ranks, ...]:
    return tuple(ranks_of(worse, own) for own in range(len(worse)))


def plasmode(runs: int) -> bool:
    """Hold the methods against worlds made of every provider's own lengths, a quarter and a year long.

    A 90 % interval must hold in 85 % of the worlds that get one; among eight equal providers one may be called better
    in 10 % at most; and of all providers with their own lengths and rates enough pairs must be told apart.
    """
    rounds = max(runs // 5, 20)
    owners = [(f.provider.slug, *_lengths(f)) for f in load().values()]
    owners = [owner for owner in owners if len(owner[1]) >= MIN_LENGTHS]
    print(f"{'':14s}{'':>9s}  held  refused  widened  false winners among eight equals ({rounds} worlds)")
    verdicts = [_own_worlds(*owner, weeks, rounds) for owner in owners for weeks in (QUARTER, YEAR)]
    good = all(verdicts)
    for weeks, wanted in ((QUARTER, 7), (YEAR, 20)):
        pairs_of, wrong = _power([owner for owner in owners if len(owner[1]) >= MANY_LENGTHS], weeks, rounds)
        print(
            f"{weeks} weeks, own lengths and rates: {pairs_of:.1f} pairs told apart ({wanted} wanted), {wrong:.1%} wrongly"
        )
        good &= pairs_of >= wanted and wrong <= 0.1
    return good


def _lengths(facts: Facts) -> tuple[tuple[int, ...], float]:
    """Return a provider's lengths in seconds, and how many of its incidents begin on a covered day."""
    own = record(facts.provider, facts.cards, facts.covered, now=facts.covered[-1].until)
    return tuple(sorted(own.lengths[own.lengths > 0].tolist())), len(own.cards) * DAY / total(own.covered)


def _own_worlds(slug: str, lengths: tuple[int, ...], per_day: float, weeks: int, rounds: int) -> bool:
    """Print how one provider's intervals and ranks fare in its own worlds, and say whether that is well enough."""
    factor = plasmodes.widening(lengths, per_day, weeks)
    random = np.random.default_rng(SEED + 4)
    trouble = plasmodes.worlds(random, lengths, per_day, weeks, 2000)
    given = (trouble.largest <= DOMINANT * trouble.total) & (trouble.total > 0) & np.isfinite(factor)
    root, half = root_errors(trouble)
    truth = math.sqrt(plasmodes.true_share(lengths, per_day, weeks))
    held = ((root - half <= truth) & (truth <= root + half * min(factor, 1e9)))[given]
    false = 0
    for _ in range(rounds if np.isfinite(factor) else 0):
        world = [one for _ in range(8) if (one := _spells(random, lengths, per_day, weeks))]
        false += bool(tell_apart(simulation.of_spells(world, weeks * 7, factor), QUICK).any()) if world else 0
    share, refused = (held.mean() if len(held) else 1.0), 1 - given.mean()
    print(f"{slug:14s}{weeks:3d} weeks  {share:4.0%}  {refused:7.0%}  {factor:7.2f}  {false / rounds:.1%}")
    return bool(share >= 0.85 and false <= 0.1 * rounds)


def _spells(
    random: np.random.Generator, lengths: tuple[int, ...], per_day: float, weeks: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return one world's spells of a provider; None if it would not be ranked."""
    starts = random.integers(0, weeks * WEEK, random.poisson(per_day * weeks * 7))
    since, until = disjoint(starts, np.minimum(starts + random.choice(lengths, len(starts)), weeks * WEEK))
    return None if len(since) < MIN_INCIDENTS or is_dominated(until - since) else (since, until)


def _power(owners: list[tuple[str, tuple[int, ...], float]], weeks: int, rounds: int) -> tuple[float, float]:
    """Return the mean number of pairs told apart, and the share of worlds in which one of them is told wrongly."""
    random = np.random.default_rng(SEED + 5)
    factors = [plasmodes.widening(lengths, per_day, weeks) for _, lengths, per_day in owners]
    truths = [plasmodes.true_share(lengths, per_day, weeks) for _, lengths, per_day in owners]
    counts, wrong = [], 0
    for _ in range(rounds):
        drawn = [_spells(random, lengths, per_day, weeks) for _, lengths, per_day in owners]
        ranked = [(one, i) for i, one in enumerate(drawn) if one and math.isfinite(factors[i])]
        world = simulation.of_spells([one for one, _ in ranked], weeks * 7)
        worse = tell_apart(world._replace(widening=np.array([factors[i] for _, i in ranked])), QUICK)
        counts.append(int(worse.sum()))
        wrong += any(truths[ranked[p][1]] < truths[ranked[q][1]] for p, q in np.argwhere(worse).tolist())
    return float(np.mean(counts)), wrong / rounds


def _held(ranks: list[tuple[Ranks, ...]]) -> np.ndarray:
    """Return how often each provider's interval holds its true rank; providers stand in true order."""
    hits = [[r.best <= place <= r.worst for place, r in enumerate(one, 1)] for one in ranks]
    shares: np.ndarray = np.mean(hits, axis=0)
    return shares


def _widths(ranks: list[tuple[Ranks, ...]]) -> np.ndarray:
    widths: np.ndarray = np.mean([[r.worst - r.best + 1 for r in one] for one in ranks], axis=0)
    return widths


def _oracle(random: np.random.Generator) -> Callable[[Sample], tuple[Ranks, ...]]:
    """Ranks by somebody who knows the true spread and shape of every estimate, from 2000 other years of this world."""
    roots = np.array([_root(simulation.sample(random, DIFFERENT)) for _ in range(2000)])
    spread = roots.std(axis=0)
    errors = np.sqrt(spread[:, None] ** 2 + spread[None, :] ** 2)
    centred = roots - roots.mean(axis=0)
    resampled = ((centred[:, :, None] - centred[:, None, :]) / errors).reshape(len(roots), -1)
    pairs = ~np.eye(PROVIDERS, dtype=np.bool_)

    def ranks_in(world: Sample) -> tuple[Ranks, ...]:
        root = _root(world)
        return _all_ranks(step_down((root[:, None] - root[None, :]) / errors, resampled, pairs, 0.9))

    return ranks_in


def _root(world: Sample) -> np.ndarray:
    root: np.ndarray = np.sqrt(world.least.sum(axis=0) / world.covered.sum(axis=0))
    return root


def _availability_intervals(runs: int) -> None:
    """Print how often the 90 % interval of an availability holds the true one."""
    random = np.random.default_rng(SEED + 2)
    for share in (0.001, 0.01, 0.04):
        truth = 1 - np.mean([_world(random, share, 365)[0].least.sum() / (365 * DAY) for _ in range(1500)])
        cells = []
        for days in (30, 90, 365):
            worlds = [_world(random, share, days) for _ in range(runs)]
            bounds = [intervals([own], [(lengths, lengths)])[0] for own, lengths in worlds]
            bounded = [one for one in bounds if isinstance(one, Bounds)]
            coverage = np.mean([f.low <= truth <= f.high for f in bounded])
            cells.append(f"{days} days {coverage:.0%} (width {np.median([f.high - f.low for f in bounded]):.2%})")
        print(f"90 % interval of availability {truth:.2%} holds it: " + ", ".join(cells))


def _world(random: np.random.Generator, share: float, days: int) -> tuple[Days, np.ndarray]:
    """Return the days of one provider, and the lengths of its spells."""
    edges = np.arange(days + 1, dtype=np.int64) * DAY
    since, until = disjoint(*simulation.incidents(random, share, days))
    trouble = by_day(since, until, edges)
    nothing = np.zeros_like(trouble)
    table = np.stack((nothing, trouble, nothing, nothing), axis=1)
    return Days(first=0, covered=np.full(days, DAY), least=table, most=table), np.minimum(until, days * DAY) - since


def pairs(runs: int) -> bool:
    """Planted pairs that fall together are found, independent ones are not; Holm over the 66 pairs of 12 providers."""
    joint = (Stretch(0, simulation.YEAR * DAY),)
    random = np.random.default_rng(SEED + 3)
    wrong = np.mean([_any_found(_independent(random), joint) for _ in range(runs)])
    print(f"independent: some pair called dependent in {wrong:.1%} of {runs} runs (at most 7 % wanted)")
    good = wrong <= 0.07
    for name, share, same_end in (("each declares its own length", 0.13, False), ("common ends", 0.056, True)):
        planted, independent, lifts, false = [], [], [], []
        for _ in range(runs):
            world, lift = _planted(random, share, same_end=same_end)
            detected = _found(world, joint)
            planted += [(p, p + 1) in detected for p in (0, 2, 4)]
            tests = [together(world[p][0], world[p + 1][0], joint) for p in (0, 2, 4)]
            independent += [t is not None and t.p <= 0.05 for t in tests]
            false.append(any(pair not in {(0, 1), (2, 3), (4, 5)} for pair in detected))
            lifts.append(lift)
        print(
            f"planted, {name}: mean lift {np.mean(lifts):.2f}, found {np.mean(planted):.1%} "
            f"(tested alone {np.mean(independent):.1%}), some other pair called in {np.mean(false):.1%}"
        )
        good &= same_end or bool(np.mean(planted) >= 0.8)
    return bool(good)


World = list[tuple[np.ndarray, np.ndarray]]


def _independent(random: np.random.Generator) -> World:
    return [simulation.incidents(random, 0.03) for _ in range(PROVIDERS)]


def _planted(random: np.random.Generator, share: float, *, same_end: bool) -> tuple[World, float]:
    """Twelve providers with 3 % in trouble each, of which 1, 3, 5 echo a share of 0, 2, 4; and their mean lift."""
    world = _independent(random)
    lifts = []
    for source in (0, 2, 4):
        own = simulation.incidents(random, 0.03 * (1 - share))
        copied = simulation.echo(random, *world[source], share, same_end=same_end)
        world[source + 1] = (np.concatenate((own[0], copied[0])), np.concatenate((own[1], copied[1])))
        lifts.append(_lift(world[source], world[source + 1]))
    return world, float(np.mean(lifts))


def _lift(first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]) -> float:
    """Joint trouble over independence, counted minute by minute."""
    minutes = np.zeros((2, simulation.YEAR * 1440), np.bool_)
    for row, (starts, ends) in zip(minutes, (first, second), strict=True):
        for start, end in zip(starts // 60, ends // 60, strict=True):
            row[start:end] = True
    a, b = minutes
    return float((a & b).mean() / (a.mean() * b.mean()))


def _found(world: World, joint: tuple[Stretch, ...]) -> set[tuple[int, int]]:
    names = [(i, k) for i in range(len(world)) for k in range(i + 1, len(world))]
    tests = [together(world[i][0], world[k][0], joint) for i, k in names]
    adjusted = holm([t.p for t in tests if t])
    return {name for name, p in zip(names, adjusted, strict=True) if p <= 0.05}


def _any_found(world: World, joint: tuple[Stretch, ...]) -> bool:
    return bool(_found(world, joint))


def csv(_: int) -> bool:
    """Compute every availability, count and median of every period from the CSV alone; print the largest difference."""
    compared, worst, tables = 0, 0.0, rederive.facts()
    for slug, facts_of_one in load().items():
        now = facts_of_one.covered[-1].until
        laid_out = record(facts_of_one.provider, facts_of_one.cards, facts_of_one.covered, now=now)
        for period in periods(facts_of_one.covered, now):
            own, rederived = (
                measure(laid_out, period),
                rederive.numbers(tables, slug, period.since, min(period.until, now), now),
            )
            if own.availability is None:
                continue
            numbers = [*(x for b in own.formulas for x in b), float(own.n), own.durations.median or 0.0]
            compared += len(numbers)
            worst = max(worst, *(abs(x - y) for x, y in zip(numbers, rederived, strict=True)))
    print(f"{compared} numbers of every provider and period from the CSV alone; largest difference {worst:.1e}")
    return worst < 1e-9


def published(_: int) -> bool:
    """Compute shares, counts and medians of every provider and period from the tables a site publishes, nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        site = [sys.executable, "tasks.py", "build", "--now=2026-07-01T00:00:00Z", f"--output={folder}/site"]
        subprocess.run(site, cwd=Path(__file__).resolve().parents[1], check=True, stdout=subprocess.DEVNULL)
        data = Path(folder, "site", "data")
        tables, rows = rederive.published(data), rederive.rows(data / "numbers.csv")
    worst, compared = 0.0, 0
    weights = [formula.slug.replace("-", "_") for formula in FORMULAS[1:]]
    names = [f"{name}_{end}" for name in ("share", *weights) for end in ("low", "high")]
    for row in (row for row in rows if row["share_low"] and row["part_kind"] == "provider"):
        since, until = rederive.seconds(row["since"]), rederive.seconds(row["until"])
        rederived = rederive.numbers(tables, row["provider"], since, until, PUBLISHED)
        printed = [*(float(row[name]) for name in (*names, "incidents")), float(row["median_seconds"] or 0)]
        gap = max(abs(a - b) for a, b in zip(rederived, printed, strict=True))
        if gap > 1e-6:
            print(f"  {row['period']}, {row['provider']}: published {printed}, from the tables {rederived}")
        worst, compared = max(worst, gap), compared + len(printed)
    print(f"{compared} published numbers from the published tables alone; largest difference {worst:.1e}")
    return compared > 0 and worst <= 1e-6  # they are published with six digits


def speed(_: int) -> bool:
    """Time all statistics of 50,000 incidents of 30 providers with 8 components each, every period."""
    world = [synthetic.provider(number, 50_000 // 30) for number in range(30)]
    began = time.process_time()
    records = [record(*one, now=synthetic.NOW) for one in world]
    laid_out = time.process_time()
    all_periods = sorted({p for r in records for p in periods(r.covered, synthetic.NOW)})
    count = sum(len(measures(r, p, tuple(r.days))) for r in records for p in all_periods)
    before = time.process_time()
    for period in all_periods:
        leaderboard(records, period)
    ranked = time.process_time()
    print(
        f"{sum(len(r.cards) for r in records)} incidents, {len(all_periods)} periods, {count} measures: records "
        f"{laid_out - began:.2f} s, measures {before - laid_out:.2f} s, leaderboards {ranked - before:.2f} s "
        f"of CPU (4 s wanted for the first two, 60 s for the last)"
    )
    since = time.process_time()
    changed = record(*world[0], now=synthetic.NOW)
    for period in all_periods:
        measures(changed, period, tuple(changed.days))
    print(f"one provider after a change: {time.process_time() - since:.2f} s")
    shifts = time.process_time()
    tests = len(backups.pairs(backups.parties(records), last(365, synthetic.NOW)))
    shifted = time.process_time() - shifts
    print(f"shift tests of {tests} pairs of providers over 365 days: {shifted:.2f} s (20 s wanted)")
    turns = time.process_time()
    for one in records:
        patterns.hours_of_week(one, everything(one.covered))
    turned = time.process_time()
    for one in records:
        patterns.next_day(one)
    print(
        f"hours of the week, tested by turning, 30 providers, five years: {turned - turns:.2f} s; "
        f"next-day chances with their backtest: {time.process_time() - turned:.2f} s"
    )
    return before - began <= 4.0 and ranked - before <= 60.0 and shifted <= 20.0


PARTS = {
    "facts": facts,
    "ranks": ranks,
    "plasmode": plasmode,
    "pairs": pairs,
    "csv": csv,
    "published": published,
    "speed": speed,
}


def main(argv: list[str]) -> int:
    """Run the parts named, or all; 0 if every criterion holds."""
    parser = argparse.ArgumentParser(prog="bench statistics", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--runs", type=int, default=500)
    options = parser.parse_args(argv)
    chosen: Iterable[str] = options.parts or PARTS
    good = True
    for name in chosen:
        if name in {"facts", "csv", "plasmode"} and not FACTS.is_dir():
            print(f"== {name}: skipped, it needs {FACTS}")
            continue
        began, processor = time.perf_counter(), time.process_time()
        print(f"== {name}")
        good &= PARTS[name](options.runs)
        print(f"   {time.perf_counter() - began:.1f} s, {time.process_time() - processor:.1f} s of CPU\n")
    print("all criteria hold" if good else "some criterion does not hold")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
