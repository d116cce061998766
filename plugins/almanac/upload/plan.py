"""What is to be sent, in which order, and what stands at the target after a part of that.

At any moment every page that a reader can come to links only to pages that are there: first come new files, to which
nothing links yet, then those that changed, which link to old and new ones, then go those to which nothing links any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

UNKNOWN = "?"  # the digest of what is there, nobody knows in which form
BATCH = 200  # steps that are taken beside each other, and after which it is noted how far it came
WINDOW = 2 * BATCH  # steps after the last note of which some may have been taken

NEW, CHANGED, DELETED = range(3)


class Step(NamedTuple):
    """One file to send, or to delete."""

    phase: int
    path: str
    digest: str  # that it has afterwards; "" for none

    @property
    def rank(self) -> tuple[int, int, str]:
        """What orders steps of a phase: style and scripts, then pages, the deepest first, then feeds and lists."""
        if self.path.startswith("theme/"):
            return 0, 0, self.path
        return (1, -self.path.count("/"), self.path) if self.path.endswith(".html") else (2, 0, self.path)


def steps(before: Mapping[str, str], after: Mapping[str, str]) -> list[Step]:
    """Return what makes a target that holds `before` hold `after`; both are digests by path."""
    plan = [
        Step(CHANGED if path in before else NEW, path, digest)
        for path, digest in after.items()
        if before.get(path) != digest
    ]
    plan += [Step(DELETED, path, "") for path in before if path not in after]
    return sorted(plan, key=lambda step: (step.phase, step.rank))


def batches(plan: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """Yield the steps in batches, none of which holds steps of two phases."""
    at = 0
    while at < len(plan):
        phase = plan[at].phase
        until = next((n for n in range(at, min(at + BATCH, len(plan))) if plan[n].phase != phase), at + BATCH)
        yield plan[at:until]
        at = until


def state_after(
    before: Mapping[str, str], plan: Sequence[Step], count: int, exists: Callable[[Sequence[str]], set[str]]
) -> dict[str, str]:
    """Return what stands at a target where a plan was broken off after at least `count` of its steps.

    `exists` says which of some paths are there: it is asked for those that may be there in either form.
    """
    state = dict(before)
    for step in plan[:count]:
        if step.digest:
            state[step.path] = step.digest
        else:
            state.pop(step.path, None)
    doubtful = [step.path for step in plan[count : count + WINDOW]]
    present = exists(doubtful) if doubtful else set()
    for path in doubtful:
        state.pop(path, None)
    return state | dict.fromkeys(present, UNKNOWN)
