"""Who answers for the site, where it comes from, and how to report a mistake: what stands below every page."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode

from almanac.model.project import Project
from almanac.text import addresses
from almanac.views.base import Head, Link, Site

BRANCH = "main"  # into which changes are proposed
EDIT = {  # by the host of a repository: where a file is edited in the browser
    "github.com": f"edit/{BRANCH}",
    "gitlab.com": f"-/edit/{BRANCH}",
    "codeberg.org": f"_edit/{BRANCH}",
}
HISTORY = {
    "github.com": f"commits/{BRANCH}",
    "gitlab.com": f"-/commits/{BRANCH}",
    "codeberg.org": f"commits/branch/{BRANCH}",
}
FORMS = "github.com"  # which alone fills in a form of ours from an address


class Imprint(NamedTuple):
    """What is the same below every page; "" and None where almanac.toml does not say it."""

    publisher: str
    contact: Link | None
    source: Link | None


def imprint(project: Project) -> Imprint:
    """Return who answers for the site, and where it comes from."""
    bare = project.contact.removeprefix("https://").rstrip("/")
    return Imprint(
        publisher=project.publisher,
        contact=Link(project.contact_url, bare) if project.contact else None,
        source=Link(project.repository, project.repository.removeprefix("https://")) if project.repository else None,
    )


def own_links(site: Site, head: Head) -> tuple[Link, ...]:
    """Return where a mistake on a page is reported, and where its text is edited and has its history."""
    project = site.project
    report = _report(project, site, head)
    links = [Link(report, "Report a mistake")] if report else []
    host, repository = addresses.host(project.repository), project.repository.rstrip("/")
    if head.source and host in EDIT:
        links += [
            Link(f"{repository}/{EDIT[host]}/{quote(head.source)}", "Edit this page"),
            Link(f"{repository}/{HISTORY[host]}/{quote(head.source)}", "History"),
        ]
    return tuple(links)


def _report(project: Project, site: Site, head: Head) -> str:
    """Return the address of a report with the page filled in: a form of the repository, else a mail."""
    subject = f"Correction: {head.title}"
    if addresses.host(project.repository) == FORMS:
        fields = {"template": "correction.yml", "title": subject, "page": head.path}
        return f"{project.repository.rstrip('/')}/issues/new?{urlencode(fields)}"
    if project.contact_url.startswith("mailto:"):
        fields = {"subject": subject, "body": f"{site.url}{head.path}\n\n"}
        return f"{project.contact_url}?{urlencode(fields, quote_via=quote)}"
    return project.contact_url
