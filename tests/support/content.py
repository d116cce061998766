"""Files under content/ as somebody would write them: a provider, and an article about a Monday in March."""

from __future__ import annotations


def provider(slug: str, name: str = "", more: str = "", about: str = "") -> str:
    """Return the file of a provider; `more` are further lines of front matter."""
    name = name or slug.title()
    text = f"\n{about}\n" if about else ""
    return f"""---
slug: {slug}
name: {name}
company: {name} Inc.
home: https://{slug}.example/
status_page: https://status.{slug}.example/
{more}---
{text}"""


def article(title: str, body: str, *, author: str = "The Editors", status: str = "published", more: str = "") -> str:
    """Return the file of an article on the first incident of `projects`; `more` are further lines of front matter."""
    return f"""---
title: {title}
date: 2026-03-02T13:00:00Z
authors: [{author}]
providers: [anthropic]
incidents: [anthropic/first]
summary: What happened on Monday.
kind: news
status: {status}
sources:
  - url: https://status.anthropic.example/incidents/first
    title: The status page
    publisher: Anthropic
    kind: provider
    primary: true
{more}---

{body}
"""
