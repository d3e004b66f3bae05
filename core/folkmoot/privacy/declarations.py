"""What plugins and core say of their tables: every table is spoken for once."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlmodel import SQLModel

from folkmoot.kernel.registry import CORE, Owned, Registry
from folkmoot.spec.descriptors import PersonalData

Declarations = Sequence[Owned[PersonalData]]


def holding(registry: Registry) -> Declarations:
    """Return the declarations of tables that hold something about people.

    Whether a plugin is on for a site does not matter: turning it off keeps its data.
    """
    return [owned for owned in registry.personal_data if owned.item.what]


def faults(registry: Registry) -> list[str]:
    """Return a sentence for each table that no declaration speaks for, or more than one, or that there is not."""
    tables = _tables(registry)
    spoken = Counter(name for owned in registry.personal_data for name in owned.item.tables)
    found = [
        f"{owner}: nothing says whether the table {name} holds personal data: return it from register_personal_data."
        for name, owner in tables.items()
        if not spoken[name]
    ]
    found += [f"Two declarations of personal data speak for the table {name}." for name, n in spoken.items() if n > 1]
    for owned in registry.personal_data:
        found += [f"{owned.plugin}: {sentence}" for sentence in _own_faults(owned.item, tables)]
    return found


def _own_faults(item: PersonalData, tables: dict[str, str]) -> Iterable[str]:
    for name in item.tables:
        if name not in tables:
            yield f"the declaration {item.name} speaks for the table {name}, which there is not."
    if item.what and not item.basis:
        yield f"the declaration {item.name} names no lawful basis."
    if item.what and not (item.kept_for or item.kept):
        yield f"the declaration {item.name} does not say how long it is kept."
    if item.kept_for and not (item.expire and item.due):
        yield f"the declaration {item.name} has a term, and nothing that removes what is older."


def _tables(registry: Registry) -> dict[str, str]:
    """Return the names of all tables of core and the active plugins, each with whose it is."""
    known = {str(owned.item.__tablename__): owned.plugin for owned in registry.tables}
    starts = {f"{name}_": name for name in (CORE, *(plugin.name for plugin in registry.active))}
    for name in SQLModel.metadata.tables:
        owner = next((owner for start, owner in starts.items() if name.startswith(start)), None)
        if owner is not None:
            known.setdefault(name, owner)
    return known
