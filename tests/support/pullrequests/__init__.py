"""Pull requests as strangers might send them: what each puts under content/, and the same made harmless."""

from tests.support.pullrequests import bodies, fields, files, records
from tests.support.pullrequests.case import CANARY, Case, Link

CASES: tuple[Case, ...] = (*bodies.CASES, *fields.CASES, *files.CASES, *records.CASES)

__all__ = ["CANARY", "CASES", "Case", "Link"]
