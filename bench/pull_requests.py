"""Hostile pull requests, one by one in a copy of a small site: `python3 tasks.py bench pull-requests`.

With `--only WORD` those whose name holds it, with `--check` without building. Each must be refused by the check with
file, line and reason, or be harmless; publish no secret, write nowhere else, leave all other pages as they were,
byte for byte, not hide the mistakes of others, and take at most ten seconds of processor time. Made harmless it must
pass. No text may run script in Chromium as the renderer makes it, without any check or content security policy.
"""

from __future__ import annotations

import argparse
import posixpath
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from almanac.text import markdown
from tests.support import shots
from tests.support.pullrequests import CASES, Case, trial
from tests.support.pullrequests.trial import Ground, Verdict

LEAST = 150
SLOWEST = 10.0  # s of processor time
LISTS = re.compile(  # pages that show what is new: these may change when something harmless is added
    r"index\.html|404\.html|(?:articles|claims|corrections|press|undeclared|data|search|status|incidents|providers|compare"
    r"|leaderboard|backups|subscribe|forecast|edits|images|badges|api|pagefind|operators)(?:/.*)?"
    r"|[a-z0-9-]+\.(?:xml|json|ics|opml|txt|csv|svg)"
)
KEPT = re.compile(  # pages that nothing of these may change; an incident shows articles that cite it, an article the next one
    r"incidents/(?:anthropic|groq)/(?!forged|first)[a-z]+/.*|(?:about|methodology|theme)/.*"
)
LOOKS = """() => {
  document.querySelectorAll('a, img').forEach(element => element.dispatchEvent(new Event('mouseover')))
  const known = ['http:', 'https:', 'mailto:', 'about:']
  return document.title !== 'quiet' || [...document.querySelectorAll('a[href]')].some(a => !known.includes(a.protocol))
}"""
HEAD = (
    "<base href='https://almanac.example/'><title>quiet</title>"
    "<script>function ran() { document.title = 'ran' }</script>"
)


def main(argv: list[str]) -> int:
    """Print what became of them; 1 if any did harm."""
    parser = argparse.ArgumentParser(prog="bench pull-requests", description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--check", action="store_true", help="check only, build nothing")
    options = parser.parse_args(argv)
    cases = [case for case in CASES if options.only in case.name]
    with tempfile.TemporaryDirectory() as folder:
        base = trial.ground(Path(folder))
        verdicts = [(case, trial.tried(base, case, build=not options.check)) for case in cases]
        harm = [f"{case.name}: {fault}" for case, verdict in verdicts for fault in wrong_with(case, verdict)]
        harm += spoiled(base, cases)
    harm += running(cases)
    print(*harm, sep="\n")
    fates = Counter("refused" if verdict.told else "harmless" for _, verdict in verdicts)
    slowest = max(verdicts, key=lambda one: one[1].cpu)
    print(
        f"{len(cases)} pull requests, at least {LEAST}: {fates['refused']} refused with file, line and reason, "
        f"{fates['harmless']} harmless, {len(harm)} did harm"
    )
    print(f"slowest {slowest[1].cpu:.2f} s of CPU, at most {SLOWEST:.0f} ({slowest[0].name})")
    return 1 if harm or (not options.only and len(cases) < LEAST) else 0


def wrong_with(case: Case, verdict: Verdict) -> Iterable[str]:
    """Yield the harm a pull request did."""
    if verdict.crash:
        yield f"crashed: {verdict.crash.splitlines()[0][:200]}"
        return
    if verdict.told and not any(_names(case, line) for line in verdict.told):
        yield f"is refused without its file being named: {verdict.told[0][:200]}"
    if not verdict.told and verdict.refused:
        yield f"passes the check and stops the build: {verdict.refused[:200]}"
    if not verdict.witness:
        yield "hides the mistake of another file"
    if verdict.cpu > SLOWEST:
        yield f"takes {verdict.cpu:.1f} s"
    for name, paths in (
        ("publishes a secret in", verdict.leaked),
        ("writes outside:", verdict.outside),
        ("removes", verdict.removed),
    ):
        if paths:
            yield f"{name} {', '.join(sorted(paths)[:3])}"
    touched = sorted(path for path in verdict.changed if KEPT.fullmatch(path) or not LISTS.fullmatch(path))
    if touched and not case.name.startswith(("correction:", "link:", "incident:", "provider:")):
        yield f"changes {', '.join(touched[:5])}"


def _names(case: Case, line: str) -> bool:
    """Say whether a line of the check names a file of the case, a line in it, and what is wrong."""
    match = re.match(r"content/(?P<file>.*?):(?P<line>\d+):(?:\d+:)? .{9,}", line, re.DOTALL)
    names = {posixpath.normpath(file) for file in case.files}
    names |= {
        spelling for file in names for spelling in (file.encode("ascii", "backslashreplace").decode(), repr(file)[1:-1])
    }
    if match is None:
        return False
    clash = any(file.partition("/")[2] in line or file.startswith(f"{match['file']}/") for file in names)
    return clash or any(match["file"].startswith(file) for file in names)


def spoiled(base: Ground, cases: Iterable[Case]) -> list[str]:
    """Return harmless twins that do not pass."""
    twins = {repr(sorted(case.harmless.items())): case for case in cases if case.harmless}
    results = ((case.name, trial.passes(base, case.harmless)) for case in twins.values())
    return [f"{name}: made harmless it is refused: {refusals[0]}" for name, refusals in results if refusals]


def running(cases: Iterable[Case]) -> list[str]:
    """Return texts that run script in Chromium as the renderer alone, without any check, makes them."""
    if not Path(shots.CHROMIUM).exists():
        print(f"no Chromium at {shots.CHROMIUM}: nothing was looked at in a browser")
        return []
    ran = []
    with shots.browser() as chromium:
        page = chromium.new_page()
        for case in cases:
            if case.body and len(case.body) < 20_000:
                page.set_content(HEAD + markdown.article(case.body))
                if page.evaluate(LOOKS):
                    ran.append(f"{case.name}: runs script or leads where nobody may")
    return ran


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
