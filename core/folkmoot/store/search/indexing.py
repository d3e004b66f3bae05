"""Keeping the index in step with what plugins have published, a small piece at a time.

Only what has changed is written, and what is gone goes first. A changed entry takes the place of the old one in one
transaction, so that nothing is missing in between.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.spec.descriptors import SearchEntry
from folkmoot.store.jobs.models import QUEUED, JobRow
from folkmoot.store.scoping import SiteSession
from folkmoot.store.search.models import SearchRow, SearchState
from folkmoot.store.search.words import terms_of, tidy, words_of

INDEX_JOB = "core.index"
# A write of so many takes some 30 ms; others get their turn in between.
AT_ONCE = 40
LONGEST_KEY = 200

Open = Callable[[], AbstractAsyncContextManager[SiteSession]]
Key = tuple[str, str]
# A row to take away, an entry to put in; either may be missing.
Step = tuple[UUID | None, SearchEntry | None]


async def ask_for_index(session: AsyncSession, site_id: UUID, plugin: str, *, at: datetime) -> None:
    """Ask in a writing session, of the site or of the system, that the plugin's entries be looked at again."""
    mine = (JobRow.site_id == site_id, JobRow.name == INDEX_JOB, JobRow.key == plugin, JobRow.state == QUEUED)
    if (await session.exec(select(JobRow.id).where(*mine))).first() is None:
        arguments = {"plugin": plugin}
        session.add(JobRow(site_id=site_id, name=INDEX_JOB, key=plugin, arguments=arguments, run_at=at, created_at=at))
        await session.flush()
        session.sync_session.info["asked"] = True


def keyed(entries: Sequence[SearchEntry]) -> dict[Key, SearchEntry]:
    """Return entries by what tells them apart, the first of each."""
    found: dict[Key, SearchEntry] = {}
    for entry in entries:
        found.setdefault(key_of(entry), entry)
    return found


def key_of(entry: SearchEntry) -> Key:
    """Return what tells an entry of a source from the others: its key, or else its path, and its language."""
    key = entry.key or entry.path
    if len(key) > LONGEST_KEY:
        key = hashlib.sha256(key.encode()).hexdigest()
    return key, entry.locale


def digest_of(entry: SearchEntry) -> str:
    """Return what differs as soon as anything of an entry does."""
    facts = (entry.title, entry.path, entry.summary, entry.text, entry.part_of, entry.locale)
    times = (entry.updated_at, entry.shown_from, entry.shown_until)
    said = repr((*facts, *(instant.timestamp() if instant else None for instant in times)))
    return hashlib.sha256(said.encode()).hexdigest()


async def reindex(
    reading: Open,
    writing: Open,
    plugin: str,
    source: str,
    entries: Sequence[SearchEntry],
    *,
    force: bool = False,
) -> AsyncIterator[tuple[int, int]]:
    """Bring the rows of a source to what the plugin says is published, yielding ``(done, total)`` after each piece.

    :param reading: opens a session for reading; ``writing`` one for writing, for each piece anew
    :param force: write also what has not changed
    """
    async with reading() as session:
        steps = await _steps(session, plugin, source, entries, force=force)
    for start in range(0, len(steps), AT_ONCE):
        piece = steps[start : start + AT_ONCE]
        # Folding and stemming is work for the processor: not while others wait to write.
        rows = [_row(plugin, source, entry) for _, entry in piece if entry is not None]
        async with writing() as session:
            await _remove(session, [row_id for row_id, _ in piece if row_id is not None])
            session.add_all(rows)
            await session.commit()
        yield start + len(piece), len(steps)


async def _steps(
    session: SiteSession, plugin: str, source: str, entries: Sequence[SearchEntry], *, force: bool
) -> list[Step]:
    columns = (SearchRow.key, SearchRow.locale, SearchRow.id, SearchRow.digest)
    query = sa.select(*columns).where(col(SearchRow.plugin) == plugin, col(SearchRow.source) == source)  # type: ignore[call-overload]
    held = {(key, locale): (row_id, digest) for key, locale, row_id, digest in await session.exec(query)}
    wanted = keyed(entries)
    gone: list[Step] = [(row_id, None) for key, (row_id, _) in held.items() if key not in wanted]
    changed: list[Step] = []
    for key, entry in wanted.items():
        row_id, digest = held.get(key, (None, ""))
        if force or digest != digest_of(entry):
            changed.append((row_id, entry))
    # The newest comes last: where there are too many matches, the last rows are looked at first.
    return gone + sorted(changed, key=lambda step: _age(step[1]))


def _age(entry: SearchEntry | None) -> float:
    return entry.updated_at.timestamp() if entry and entry.updated_at else 0.0


def _row(plugin: str, source: str, entry: SearchEntry) -> SearchRow:
    title, summary, body = tidy(entry.title), tidy(entry.summary), tidy(entry.text)
    title_words, text_words = words_of(title), words_of(f"{summary}\n{body}")
    title_terms, text_terms = (terms_of(words, entry.locale) for words in (title_words, text_words))
    # What stemming has not changed stands among the terms.
    text_only = dict.fromkeys(word for word, term in zip(text_words, text_terms, strict=True) if word != term)
    key, locale = key_of(entry)
    return SearchRow(
        plugin=plugin,
        source=source,
        key=key,
        locale=locale,
        path=entry.path,
        title=title,
        summary=summary,
        part_of=tidy(entry.part_of),
        body=body,
        title_terms=" ".join(title_terms),
        title_words=" ".join(title_words),
        text_terms=" ".join(text_terms),
        text_words=" ".join(text_only),
        digest=digest_of(entry),
        updated_at=entry.updated_at,
        shown_from=entry.shown_from,
        shown_until=entry.shown_until,
    )


async def _remove(session: SiteSession, row_ids: list[UUID]) -> None:
    if row_ids:
        await session.exec(sa.delete(SearchRow).where(col(SearchRow.id).in_(row_ids)))


async def forget_others(session: SiteSession, plugin: str, sources: Sequence[str]) -> bool:
    """Remove the rows of a plugin that are of none of these sources; say whether there were any. The caller commits."""
    removed = 0
    models: tuple[Any, ...] = (SearchRow, SearchState)
    for model in models:
        others = (col(model.plugin) == plugin, col(model.source).not_in(sources))
        removed += (await session.exec(sa.delete(model).where(*others))).rowcount
    return bool(removed)


async def mark_indexed(session: SiteSession, plugin: str, source: str, version: int, *, at: datetime) -> None:
    """Remember which version of the plugin's pages a source was indexed from. The caller commits."""
    query = select(SearchState).where(SearchState.plugin == plugin, SearchState.source == source)
    state = (await session.exec(query)).first() or SearchState(
        plugin=plugin, source=source, version=version, indexed_at=at
    )
    state.version, state.indexed_at = version, at
    session.add(state)


async def indexed_versions(session: SiteSession) -> dict[tuple[str, str], int]:
    """Return which version each source of the site, by plugin and name, was indexed from."""
    return {(state.plugin, state.source): state.version for state in await session.exec(select(SearchState))}
