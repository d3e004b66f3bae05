"""Names of files as people give them: what is left of them when nothing in them can mislead or be taken for a path."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 120
LONGEST_EXTENSION = 10
NAMELESS = "file"
# Devices on Windows, whatever extension follows (“Naming Files, Paths, and Namespaces”).
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"|?*]')


def clean_name(given: str) -> str:
    """Return a name without folders, invisible characters and anything that turns text around."""
    name = unicodedata.normalize("NFC", given.replace("\\", "/")).rpartition("/")[2]
    # Control, format (also what turns the direction of text round), surrogate, private and unassigned characters.
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = " ".join(FORBIDDEN.sub("-", name).split()).strip(" .")
    if DEVICES.match(name):
        name = f"_{name}"
    return _shortened(name) or NAMELESS


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    last = extension(name)
    return name[: LONGEST - len(last)].rstrip(" .") + last


def extension(name: str) -> str:
    """Return the last extension of a name in lower case with its dot, or empty."""
    stem, dot, last = name.rpartition(".")
    found = f".{last.lower()}"
    return found if dot and stem and 1 < len(found) <= LONGEST_EXTENSION and last.isalnum() else ""


def disposition(name: str, *, inline: bool) -> str:
    """Return the header that gives a file its name: in ASCII for old readers, and whole (RFC 6266, RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w. ()+,=@-]", "-", plain).strip(" .") or NAMELESS
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
