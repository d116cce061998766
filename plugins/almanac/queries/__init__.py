"""The closed set of questions that articles may ask of the archive, and what claims expect of the answers.

`question` reads questions from front matter, `expect` what a claim expects, `amounts` how both spell lengths and days.
Answers are found by `claims`.
"""

from almanac.queries.amounts import QueryError
from almanac.queries.expect import Expect, expect
from almanac.queries.question import SHAPES, Query, query
