"""What comes from others is pinned, listed and given no more than it needs; and the audit of it bites."""

from pathlib import Path

import pytest

from bench import supply

STRANGE = """
on:
  pull_request:
jobs:
  bad:
    permissions: {contents: write}
    steps:
      - uses: actions/checkout@v5
        with: {persist-credentials: true}
      - run: echo ${{ secrets.KEY }}
"""


@pytest.mark.system
@pytest.mark.parametrize("audit", supply.AUDITS)
def test_nothing_is_found(audit: str) -> None:
    assert list(supply.AUDITS[audit]()) == []


def test_a_workflow_that_gives_strangers_too_much_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.yml").write_text(STRANGE)
    monkeypatch.setattr(supply, "WORKFLOWS", (tmp_path / "bad.yml",))
    assert supply.actions() == ["actions/checkout@v5"]
    assert supply.secrets() == [
        "bad.yml: ${{ secrets.KEY }}",
        "bad.yml: all: write",
        "bad.yml: contents: write",
        "bad.yml: credentials stay in the checkout",
    ]


@pytest.mark.system
def test_a_package_without_hash_or_outside_of_the_bill_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("good==1.0 \\\n    --hash=sha256:00\n    # via us\nloose>=1.0\nbare==2.0\n")
    monkeypatch.setattr(supply, "LOCKS", (lock,))
    monkeypatch.setattr(supply, "PUBLISHED", lock)
    assert supply.unlocked() == ["requirements.lock: loose>=1.0", "requirements.lock: bare==2.0"]
    assert {"good==1.0: in one of the two only", "bare==2.0: in one of the two only"} < set(supply.bill())
