"""`make docs`: every relative link and anchor in the documentation leads somewhere; prints those that do not."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.DOTALL | re.MULTILINE)
INLINE_CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:|^//")


def main(folder: Path = ROOT) -> int:
    pages = list(documents(folder))
    faults = [fault for page in pages for fault in broken_links(page)]
    print("\n".join(faults) if faults else f"{len(pages)} documents, every link leads somewhere")
    return 1 if faults else 0


def documents(folder: Path) -> Iterator[Path]:
    """The Markdown that people read: at the top, under docs/ and changes/, and each distribution's own."""
    for pattern in ("*.md", "docs/**/*.md", "changes/*.md", "core/*.md", "plugins/*/*.md", "templates/*/*.md"):
        yield from sorted(folder.glob(pattern))


def broken_links(page: Path) -> Iterator[str]:
    text = INLINE_CODE.sub("", FENCED.sub("", page.read_text()))
    for found in LINK.finditer(text):
        target = found.group(1) or found.group(2)
        if not ELSEWHERE.match(target) and (reason := fault_of(page, target)):
            yield f"{page}: {target}: {reason}"


def fault_of(page: Path, target: str) -> str | None:
    address, _, anchor = target.partition("#")
    path = (page.parent / unquote(address)).resolve() if address else page
    if not path.exists():
        return "no such file"
    if anchor and path.suffix == ".md" and unquote(anchor) not in set(anchors(path)):
        return "no such heading"
    return None


def anchors(page: Path) -> Iterator[str]:
    """The ids that code hosts give headings: lower case, punctuation dropped, spaces as hyphens, repeats numbered."""
    seen: dict[str, int] = {}
    for heading in HEADING.findall(FENCED.sub("", page.read_text())):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        kept = "".join(sign for sign in plain if sign in " -_" or unicodedata.category(sign)[0] in "LN")
        slug = kept.replace(" ", "-")
        yield slug if slug not in seen else f"{slug}-{seen[slug]}"
        seen[slug] = seen.get(slug, 0) + 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
