"""Checks the answers before anything is made; says everything that is wrong, a sentence each, and stops."""

import json
import re
import sys
from importlib.metadata import entry_points

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")

KINDS = (
    "department",
    "executive-agency",
    "executive-ndpb",
    "advisory-ndpb",
    "non-ministerial-department",
    "nhs-body",
    "council",
    "network",
    "other",
)
BUNDLED = {"publication", "consultation", "feedback", "dashboard"}
LANGUAGES = ("en", "cy")
PATTERNS = {
    "slug": (r"[a-z][a-z0-9-]{1,39}", "must be 2 to 40 lower-case letters, digits and hyphens, a letter first"),
    "host": (r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", "must be a host name such as engage.example.org, without a port"),
    "brand_colour": (r"#[0-9a-fA-F]{6}", "must be # and six digits from 0 to 9 and a to f, such as #1d4f91"),
    "contact_email": (r"|[^@\s]{1,64}@[^@\s]{1,189}", "must be an email address such as name@example.org, or empty"),
}


def parts(text):
    found = [part.strip() for part in text.split(",") if part.strip()]
    return [] if found == ["none"] else found


def shown(name):
    return name.replace("_", " ")


def faults():
    for name in ("organisation", "site_name"):
        value = ANSWERS[name]
        if not value.strip() or len(value) > 120 or not value.isprintable():
            yield f"The {shown(name)} must be 1 to 120 signs on one line."
    for name, (pattern, rule) in PATTERNS.items():
        if not re.fullmatch(pattern, ANSWERS[name]):
            yield f"The {shown(name)} {rule}; “{ANSWERS[name]}” is not."
    if ANSWERS["kind"] not in KINDS:
        yield f"The kind must be one of {', '.join(KINDS)}; “{ANSWERS['kind']}” is not."
    yield from plugin_faults(parts(ANSWERS["plugins"]))
    yield from language_faults(parts(ANSWERS["languages"]))
    if ANSWERS["database"] not in {"sqlite", "postgresql"}:
        yield f"The database must be sqlite or postgresql; “{ANSWERS['database']}” is not."
    if ANSWERS["theme"] != "neutral":
        yield f"The theme must be neutral; “{ANSWERS['theme']}” is not installed."


def plugin_faults(names):
    known = BUNDLED | {point.name for point in entry_points(group="folkmoot.plugins")}
    unknown = [name for name in names if name not in known]
    if unknown:
        yield f"There is no plugin called {' or '.join(unknown)}: there are {', '.join(sorted(known))}."
    if len(set(names)) < len(names):
        yield "A plugin is named twice."


def language_faults(codes):
    if not codes or set(codes) - set(LANGUAGES) or len(set(codes)) < len(codes):
        yield f"The languages must be en, cy, or both with a comma; “{ANSWERS['languages']}” is not."


found = list(faults())
if found:
    # One line, so that what is said stays short however much is wrong.
    sys.stderr.reconfigure(encoding="utf-8")
    print(" ".join(found), file=sys.stderr)
    sys.exit(1)
