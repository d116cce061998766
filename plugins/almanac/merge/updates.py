"""Pairs the archived updates of an incident with those in the feed, and says what became of each. Pure.

Nothing is dropped: a text, time or phase that changed stays as a revision, a post that is missing is marked `gone`.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from almanac.model import Change, Phase, Revision, Update, stamp

MINUTE = timedelta(minutes=1)
CARRIES_ON = frozenset({"update", "updated", ""})  # words that hide the phase: it is the one before

_LINK = re.compile(r"\[([^\[\]]*)\]\(<?([^()<>\s]+)>?\)|<(https?://[^<>\s]+)>")
_MARKS = re.compile(r"(?m)^\s*\d{1,3}[.)]\s|(?<!\S)\\?[-+>#]+(?!\S)|[\\*_`~\s]")  # lists, quotes, headings, emphasis

Pair = tuple[Update, Update]  # archived, in the feed
Key = Callable[[Update], Hashable | None]


def merge_updates(
    old: Sequence[Update],
    new: Sequence[Update],
    *,
    read_at: datetime,
    whole: bool,
    takes_away: bool,
    other_form: bool = False,
) -> tuple[tuple[Update, ...], tuple[Change, ...]]:
    """Return all updates, archived or in the feed at `read_at`, oldest first, and what else there is to record.

    `whole`: the feed holds every update of the incident; if it `takes_away`, what is missing is gone. `other_form`: it
    is another than the incident was last read in, which may print no word for a phase.
    """
    pairs = _pair(old, new, whole)
    old_of = {id(in_feed): was for was, in_feed in pairs}
    new_of = {id(was): in_feed for was, in_feed in pairs}
    update_post = partial(_update_post, read_at=read_at, other_form=other_form)
    absent = [_absent(was, read_at) if takes_away else was for was in old if id(was) not in new_of]
    if whole:  # the feed's order decides between posts of one minute
        both = [update_post(old_of.get(id(post)), post) for post in new] + absent
    else:
        unmatched = {id(was): post for was, post in zip((w for w in old if id(w) not in new_of), absent, strict=True)}
        both = [unmatched.get(id(was)) or update_post(was, new_of[id(was)]) for was in old]
        both += [update_post(None, post) for post in new if id(post) not in old_of]
    back = tuple(
        Change(what=f"gone update {stamp(was.at)}", was=stamp(was.gone), until=read_at) for was, _ in pairs if was.gone
    )
    return in_effect(sorted(both, key=lambda update: update.at)), back


def add_posts(old: Sequence[Update], new: Sequence[Update], *, read_at: datetime) -> tuple[Update, ...]:
    """Return the old updates, as they are, and with them those of another form that are none of them, oldest first."""
    paired = {id(update) for _, update in _pair(old, new, True)}
    at_once: dict[datetime, list[Update]] = defaultdict(list)
    for update in old:
        at_once[update.at].append(update)
    added = [
        replace(post, seen=post.seen or read_at)
        for post in new
        if id(post) not in paired
        and not any(same_words(was.text, post.text) or was.phase is post.phase for was in at_once[post.at])
    ]
    return in_effect(sorted([*old, *added], key=lambda update: update.at)) if added else tuple(old)


def same_words(one: str, other: str) -> bool:
    """Say whether two texts differ at most in their markup, as those of two forms of one page do."""
    return one == other or _bare(one) == _bare(other)


def _bare(text: str) -> str:
    """Return a text without what Markdown adds to its words."""
    return html.unescape(_MARKS.sub("", _LINK.sub(lambda link: link[1] or link[3] or "", text)))


def _links(text: str) -> frozenset[str]:
    """Return the addresses that words of a text lead to, without those that are printed anyway."""
    return frozenset(link[2] for link in _LINK.finditer(text) if link[2] and link[2] != link[1])


def _fuller(was: str, text: str) -> str | None:
    """Return which of two texts to keep where both say the same: the one with more links; None if they do not."""
    if not was or not text or not same_words(was, text):
        return None
    before, now = _links(was), _links(text)
    return was if now <= before else text if before <= now else None


def in_effect(updates: Sequence[Update]) -> tuple[Update, ...]:
    """Return the updates, with the phase of the one before for each that says only "Update"."""
    phase = Phase.UNKNOWN
    phased = []
    for update in updates:
        carries_on = update.phase is Phase.UNKNOWN and update.printed.lower() in CARRIES_ON
        phased.append(replace(update, phase=phase) if carries_on else update)
        if update.gone is None:
            phase = phased[-1].phase
    return tuple(phased)


def _pair(old: Sequence[Update], new: Sequence[Update], whole: bool) -> list[Pair]:
    """Pair each archived update with the one in the feed that is the same post, by the strongest evidence first."""
    pairs = list(_pair_equal(old, new, lambda update: update.upstream_id or None))
    has_ids = bool(pairs)  # both sides speak the same ids, so posts whose ids differ are different posts
    # A feed that holds all posts of a minute gives their order a meaning; of one post only its very time is telling.
    of_all = [
        _by(_exact),
        _by(_place),
        _pair_near,
        _by(_saying),
        _by(lambda update: update.text or None),
        _by(_identity),
    ]
    of_some = [
        _by(_identity_and_phase),
        _by(_identity),
        _by(_instant),
        _by(_saying),
        lambda old, new: _pair_near(_imports(old), new),
    ]
    for rule in [*(of_all if whole else of_some), _pair_undated]:
        paired = {id(update) for pair in pairs for update in pair}
        rest_old = [u for u in old if id(u) not in paired and not (has_ids and u.upstream_id)]
        rest_new = [u for u in new if id(u) not in paired and not (has_ids and u.upstream_id)]
        pairs += rule(rest_old, rest_new)
    return pairs


def _by(key: Key) -> Callable[[Sequence[Update], Sequence[Update]], Iterator[Pair]]:
    return lambda old, new: _pair_equal(old, new, key)


def _pair_equal(old: Sequence[Update], new: Sequence[Update], key: Key) -> Iterator[Pair]:
    """Yield pairs of one key; several of one key in their order, from the oldest. A key of None matches nothing."""
    waiting: dict[Hashable, list[Update]] = defaultdict(list)
    for update in old:
        waiting[key(update)].append(update)
    for update in new:
        if (name := key(update)) is not None and waiting[name]:
            yield waiting[name].pop(0), update


def _exact(update: Update) -> Hashable | None:
    return (*_place(update), update.text) if update.text else None


def _place(update: Update) -> tuple[datetime, str]:
    return update.at.replace(second=0), _word(update)


def _instant(update: Update) -> tuple[datetime, str]:
    return update.at, _word(update)


def _saying(update: Update) -> Hashable | None:
    """Return minute and words, whatever the markup and the word for the phase: what two forms of a page have in common."""
    return (update.at.replace(second=0), _bare(update.text)) if update.text else None


def _identity_and_phase(update: Update) -> tuple[Hashable, ...]:
    """Return identity and phase: of posts without words (a page was up or down) only the phase tells them apart."""
    return *_identity(update), update.phase


def _identity(update: Update) -> tuple[datetime, str, str]:
    """Return time and words, which identify a post even after it took the phase of the one before."""
    return update.at, update.printed.lower(), update.text


def _word(update: Update) -> str:
    return update.printed.lower().replace("_", " ") or update.phase.value


def _imports(updates: Sequence[Update]) -> list[Update]:
    """Return the updates that never stood in a feed we read."""
    return [update for update in updates if update.seen is None]


def _pair_near(old: Sequence[Update], new: Sequence[Update]) -> Iterator[Pair]:
    """Pair posts of one phase less than a minute apart, in order: a feed rounds, an import names phases only."""
    rest = list(old)
    for update in new:
        for index, was in enumerate(rest):
            if abs(was.at - update.at) < MINUTE and _agree(was, update) and _may_be_one(was, update):
                yield was, update
                del rest[: index + 1]
                break


def _pair_undated(old: Sequence[Update], new: Sequence[Update]) -> Iterator[Pair]:
    """Pair posts that say the same, of which one has no time of its own."""
    rest = list(old)
    for update in new:
        for was in rest:
            if (_at_sight(was) or _at_sight(update)) and _says_as(was, update):
                yield was, update
                rest.remove(was)
                break


def _says_as(was: Update, update: Update) -> bool:
    """Say whether two posts have the same words; without any (a page was up or down) their phase tells them apart."""
    return _identity(was)[1:] == _identity(update)[1:] and update.phase in (was.phase, Phase.UNKNOWN)


def _at_sight(update: Update) -> bool:
    """Say whether a post is dated to when we first saw it, for want of a possible time."""
    return update.at == update.seen


def _agree(was: Update, update: Update) -> bool:
    """Say whether two posts name one phase, in word or value, or an import and it name nothing definite."""
    old_words, new_words = ({_word(u), u.phase.value} - {Phase.UNKNOWN.value} for u in (was, update))
    vague = was.phase is Phase.UNKNOWN or update.phase is Phase.UNKNOWN or _word(was) in CARRIES_ON
    return not old_words.isdisjoint(new_words) or (was.seen is None and vague)


def _may_be_one(was: Update, update: Update) -> bool:
    """Say whether times allow one post: an import has its own; of two feeds one prints minutes, the other seconds."""
    return was.seen is None or is_finer(was.at) != is_finer(update.at)


def is_finer(at: datetime) -> bool:
    """Say whether a time has seconds, unlike those of feeds that print minutes."""
    return at.second != 0


def _absent(was: Update, read_at: datetime) -> Update:
    """Return an update that the feed does not show, as gone. What we never saw there ourselves cannot be missing."""
    if was.gone or was.seen is None or was.at > read_at:
        return was
    return replace(was, gone=read_at)


def _update_post(was: Update | None, post: Update, *, read_at: datetime, other_form: bool) -> Update:
    """Return the archived update, if any, brought up to date by the same post in the feed."""
    if was is None:
        return replace(post, seen=post.seen or read_at)
    if _at_sight(post) or (_at_sight(was) and post.at > was.at):  # it was there before
        post = replace(post, at=was.at)
    first_sight = was.seen is None  # an import knows times and phases in its own words
    agrees = abs(was.at - post.at) < MINUTE and (first_sight or is_finer(was.at) != is_finer(post.at))
    at = (was if is_finer(was.at) or not is_finer(post.at) else post).at if agrees else post.at
    post = replace(post, text=_fuller(was.text, post.text) or post.text)
    reworded = not first_sight and bool(was.printed) and was.printed.lower() != post.printed.lower()
    reworded = reworded and (bool(post.printed) or not other_form)
    retimed = not agrees and at != was.at
    older = was.was
    if retimed or reworded or (was.text and not _fuller(was.text, post.text)):
        older = (
            *older,
            Revision(
                text=was.text, until=read_at, at=was.at if retimed else None, printed=was.printed if reworded else ""
            ),
        )
    return Update(
        at=at,
        phase=was.phase if post.phase is Phase.UNKNOWN else post.phase,
        text=post.text,
        printed=post.printed,
        seen=was.seen or read_at,
        upstream_id=post.upstream_id or was.upstream_id,
        was=older,
    )
