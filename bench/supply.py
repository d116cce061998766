"""Audits what the project takes from others: workflows, lock files, the bill of materials, dangerous calls.

    python3 tasks.py bench supply

Each line says how many findings there are; any but 0 is a miss. Needs no network.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = tuple(sorted((ROOT / ".github" / "workflows").glob("*.yml")))
LOCKS = (ROOT / "requirements.lock", *sorted((ROOT / ".ci").glob("*.lock")))
PUBLISHED = ROOT / ".ci" / "parquet.lock"  # what the publishing workflow installs
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
FROM_STRANGERS = {"pull_request", "pull_request_target", "issue_comment", "issues", "workflow_run"}


def main(argv: list[str]) -> int:
    """Print the findings; 1 if there are any."""
    missed = 0
    for name, find in AUDITS.items():
        findings = list(find())
        missed += bool(findings)
        print(f"{name}: {len(findings)} (must be 0)", *findings, sep="\n  ")
    print("FAIL: see above" if missed else "all limits are met")
    return int(bool(missed))


def zizmor() -> list[str]:
    """Return what zizmor finds in its strictest mode in workflows and dependabot.yml."""
    process = _tool("zizmor", "--offline", "--pedantic", "--format", "json", ".github")
    return [f"{one['ident']}: {one['desc']}" for one in json.loads(process.stdout)]


def schemas() -> list[str]:
    """Return what does not follow the schemas of GitHub's files."""
    files = [str(path) for path in WORKFLOWS]
    kinds = {"vendor.github-workflows": files, "vendor.dependabot": [".github/dependabot.yml"]}
    processes = [_tool("check-jsonschema", "--builtin-schema", kind, *paths) for kind, paths in kinds.items()]
    return [one.stdout + one.stderr for one in processes if one.returncode]


def actions() -> list[str]:
    """Return the actions that are not named by the hash of a commit."""
    references = [step["uses"] for path in WORKFLOWS for job in _jobs(path) for step in job["steps"] if "uses" in step]
    assert references, "the workflows use no action: is this reading them right?"
    return [name for name in references if not PINNED.fullmatch(name)]


def secrets() -> list[str]:
    """Return what a workflow that strangers can start gets beyond reading: secrets, tokens, the right to write."""
    wrong = []
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        workflow = yaml.safe_load(text)
        if not FROM_STRANGERS & set(workflow[True]):  # YAML 1.1 takes the key `on` for a truth
            continue
        wrong += [f"{path.name}: {word}" for word in re.findall(r"\$\{\{[^}]*(?:secrets|token)[^}]*\}\}", text)]
        wrong += [
            f"{path.name}: {scope}: {right}"
            for part in (workflow, *_jobs(path))
            for scope, right in part.get("permissions", {"all": "write"} if part is workflow else {}).items()
            if right != "read"
        ]
        wrong += [
            f"{path.name}: credentials stay in the checkout"
            for job in _jobs(path)
            for step in job["steps"]
            if "checkout" in step.get("uses", "") and step["with"]["persist-credentials"]
        ]
    return wrong


def unlocked() -> list[str]:
    """Return the lines of lock files that name no exact version, or no hash."""
    wrong = []
    for path in LOCKS:
        requirements = re.split(
            r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        )
        wrong += [
            f"{path.name}: {line.splitlines()[0]}"
            for line in requirements
            if not re.match(r"[\w.-]+==\S+", line) or "--hash=sha256:" not in line
        ]
    return wrong


def bill() -> list[str]:
    """Return packages that are in the lock file or the bill of materials of `tasks.py bill`, but not in both."""
    locked = set(re.findall(r"^([\w.-]+==[^\s;]+)", PUBLISHED.read_text(encoding="utf-8"), re.MULTILINE))
    with tempfile.TemporaryDirectory() as folder:
        bill_path = Path(folder, "sbom.json")
        process = subprocess.run(
            [sys.executable, "tasks.py", "bill", "--output", str(bill_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if not bill_path.exists():
            return [process.stdout + process.stderr]
        listed = {f"{one['name']}=={one['version']}" for one in json.loads(bill_path.read_bytes())["components"]}
    return [f"{name}: in one of the two only" for name in sorted(locked ^ listed)]


def bandit() -> list[str]:
    """Return calls that bandit holds for highly dangerous."""
    process = _tool("bandit", "-q", "-r", "plugins", "tasks.py", "pelicanconf.py", "publishconf.py", "-f", "json")
    report = json.loads(process.stdout)
    assert report["metrics"]["_totals"]["loc"] > 10_000, "bandit did not read the code"
    return [
        f"{one['filename']}:{one['line_number']}: {one['issue_text']}"
        for one in report["results"]
        if one["issue_severity"] == "HIGH"
    ]


AUDITS: dict[str, Callable[[], Iterable[str]]] = {
    "zizmor, pedantic": zizmor,
    "schemas of GitHub's files": schemas,
    "actions not named by commit": actions,
    "given to workflows of strangers": secrets,
    "not locked by hash": unlocked,
    "bill of materials and lock differ": bill,
    "bandit, high": bandit,
}


def _jobs(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values())


def _tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(name)), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
