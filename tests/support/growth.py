"""How work grows with what it is done on: two sizes are compared, so that a busy machine changes nothing.

assert growth(lambda size: read("<b>" * size), 30_000) < LINEAR
"""

import math
import time
from collections.abc import Callable

FACTOR = 8
LINEAR = 1.5  # linear work grows with the first power of the size, comparing each with each with the second
SQUARE = 2.4  # a parser in C that looks through all open elements at each of them: bearable up to the size that is read
TRIES = 6


def growth(work: Callable[[int], object], size: int, enough: float = LINEAR) -> float:
    """Return the power of the size that the processor time of `work` grows with, up to `size`.

    Each time is the least of several, taken by turns; a power below `enough` ends it after two.
    """
    few: list[float] = []
    many: list[float] = []
    power = math.inf
    for tries in range(1, TRIES + 1):
        few.append(_taken(work, size // FACTOR))
        many.append(_taken(work, size))
        power = math.log(min(many) / min(few), FACTOR)
        if tries > 1 and power < enough:
            break
    return power


def _taken(work: Callable[[int], object], size: int) -> float:
    began = time.process_time_ns()
    work(size)
    return max(1, time.process_time_ns() - began) / 1e9
