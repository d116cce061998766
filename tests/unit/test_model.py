"""Times are written in one way, and what an incident knows of itself is in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.model import moment, seconds, stamp, stamped, unstamp

MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))


@given(MOMENTS)
def test_a_stamp_is_the_time_in_the_form_of_iso_8601(at: datetime) -> None:
    assert stamp(at) == at.replace(tzinfo=None).isoformat() + "Z"
    assert unstamp(stamp(at)) == at


@given(MOMENTS)
def test_epoch_seconds_are_stamped_as_the_moment_is(at: datetime) -> None:
    assert stamped(seconds(at)) == stamp(at)


def test_a_stamp_of_another_zone_is_in_utc() -> None:
    assert stamp(datetime(2026, 3, 2, 0, 19, 20, tzinfo=timezone(timedelta(hours=12)))) == "2026-03-01T12:19:20Z"


@given(MOMENTS)
def test_epoch_seconds_lead_back_to_the_moment(at: datetime) -> None:
    assert moment(seconds(at)) == at


@pytest.mark.parametrize("text", ["2026-03-02", "2026-03-02T11:49:20", "2026-03-02 11:49:20Z", "2026-3-2T11:49:20Z"])
def test_other_forms_are_no_stamps(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time like"):
        unstamp(text)
