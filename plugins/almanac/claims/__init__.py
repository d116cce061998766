"""Answers the questions of `queries` from the archive, with range, interval and derivation, and judges claims by them.

`figure` is an answer and its words, `evidence` finds it (`counting` and `one_incident` do the work), `verdict` judges.
"""

from almanac.claims.evidence import Evidence, UnanswerableError
from almanac.claims.figure import Figure
from almanac.claims.verdict import verdict
