"""The check of documentation links, on pages that are right and on pages that are not."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import check_docs  # noqa: E402 - a tool beside the repository, not a package


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text(
        "# One\n## Don't panic: `folkmoot serve`\n## One\n```\n# not a heading\n```\n"
    )
    return tmp_path / "docs" / "page.md"


@pytest.mark.parametrize(
    "link",
    [
        "other.md",
        "./other.md#one",
        "other.md#dont-panic-folkmoot-serve",
        "other.md#one-1",
        "../docs",
        "https://a.example/x",
    ],
)
def test_a_link_that_leads_somewhere_is_accepted(page: Path, link: str) -> None:
    page.write_text(f"See [there]({link}).\n")
    assert list(check_docs.broken_links(page)) == []


@pytest.mark.parametrize("link", ["gone.md", "other.md#two", "other.md#not-a-heading", "#here", "other.md#one-2"])
def test_a_link_that_leads_nowhere_is_named(page: Path, link: str) -> None:
    page.write_text(f"See [there]({link}) and `[code](nowhere)`.\n\n```\n[code](nowhere)\n```\n")
    assert [fault.split(": ")[1] for fault in check_docs.broken_links(page)] == [link]


def test_the_documentation_of_this_repository_has_no_broken_link() -> None:
    assert [fault for document in check_docs.documents(ROOT) for fault in check_docs.broken_links(document)] == []
