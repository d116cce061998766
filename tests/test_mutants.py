"""The bench that puts faults into the code makes the faults it says it makes, and sees whether tests bite."""

from pathlib import Path

import pytest

from tests.bench import mutants

SOURCE = '''"""Says a thing."""

import os


def ages(years: list[int], limit: int=3) -> list[int]:
    """Those over the limit."""
    return [year for year in years if not year <= limit and year]
'''


def test_every_fault_is_made_once_and_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    path = tmp_path / "ages.py"
    path.write_text(SOURCE)
    whole = SOURCE.splitlines()
    made = {str(fault).split(": ", 1)[1]: mutants.faulty(fault).splitlines() for fault in mutants.faults(path)}
    assert {what: [line for line in lines if line not in whole] for what, lines in made.items()} == {
        "3 → 4": ["def ages(years: list[int], limit: int=4) -> list[int]:"],
        "returns None": ["    return None"],
        "And → Or": ["    return [year for year in years if not year <= limit or year]"],
        "without Not": ["    return [year for year in years if year <= limit and year]"],
        "LtE → Lt": ["    return [year for year in years if not year < limit and year]"],
    }


@pytest.mark.slow
def test_faults_are_tried_one_by_one_and_those_that_survive_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    mutants.main(["--each", "2", "--units", "text"])
    *survivors, figure, _ = capsys.readouterr().out.splitlines()
    assert figure.startswith(f"text: {2 - len(survivors)} of 2 killed")
    assert all(line.startswith("  survived: plugins/almanac/text.py:") for line in survivors)
