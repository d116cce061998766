"""The archive: incidents as Markdown, pulls and forecasts as JSON; the only reader and writer of the machine's folders.

`page` and `pulls` are pure, `disk` and `forecasts` do the rest.
"""

from almanac.archive.disk import (
    INCIDENTS,
    PRESS,
    Filed,
    file_of,
    load,
    load_pulls,
    lock,
    name_of,
    read,
    read_both,
    read_bytes,
    save,
    save_pulls,
    slug_of,
)
from almanac.archive.forecasts import (
    append_forecasts,
    load_forecasts,
    load_hindsight,
    load_scorecard,
    load_trials,
    save_hindsight,
    save_scorecard,
    save_trials,
)
from almanac.archive.journal import append_log
from almanac.archive.page import ArchiveError, parse, render
