"""``folkmoot publication``, as it is run."""

import asyncio
from pathlib import Path

import pytest

from folkmoot.cli.main import main
from folkmoot.testing import Instance, start_instance

MARKDOWN = "# An annual report\n\n## One\n\nText.\n\n##### Deep\n\nMore.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "instance"

    async def make() -> Instance:
        instance = await start_instance(path, ("publication",))
        await instance.close()
        return instance

    asyncio.run(make())
    monkeypatch.setenv("FOLKMOOT_CONFIG", str(path / "folkmoot.toml"))
    return path


class Said:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    with pytest.raises(SystemExit) as ended:
        main(["publication", *arguments])
    said = capsys.readouterr()
    return Said(int(ended.value.code or 0), said.out, said.err)


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_markdown_becomes_a_draft_with_warnings_and_exit_is_nought(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, "import", write(folder, "a.md", MARKDOWN), "--site", "occs")
    assert (said.code, said.out) == (0, "an-annual-report: 4 blocks, draft.\n")
    assert said.err == "Line 7: The heading skips from level 2 to level 5.\n"


def test_a_draft_is_written_anew_and_what_is_published_is_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(folder, "a.md", MARKDOWN)
    assert run(capsys, "import", path, "--site", "occs", "--slug", "ar").code == 0
    assert run(capsys, "import", path, "--site", "occs", "--slug", "ar", "--publish").out.endswith("published.\n")
    said = run(capsys, "import", path, "--site", "occs", "--slug", "ar")
    assert said.code == 1
    assert said.err == "This publication is published. This version of the software cannot change its text.\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK\x03\x04"),
        ("a.pdf", b"%PDF"),
        ("a.html", b"<p>x</p>"),
        ("a.md", b"PK\x03\x04"),
        ("a.md", b"a\x00"),
    ],
)
def test_another_type_of_file_gets_one_sentence_about_what_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    said = run(capsys, "import", write(folder, name, content), "--site", "occs")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "reads publications from Markdown files (.md) only" in said.err


@pytest.mark.parametrize(
    "arguments",
    [("--slug", "No Good"), ("--site", "nowhere"), ("--slug", "new")],
)
def test_a_fault_is_told_in_at_most_three_plain_lines(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    said = run(capsys, "import", write(folder, "a.md", MARKDOWN), "--site", "occs", *arguments)
    assert said.code == 1
    assert 1 <= said.err.count("\n") <= 3
    assert "Traceback" not in said.err


def test_an_empty_file_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = run(capsys, "import", write(folder, "a.md", " \n"), "--site", "occs")
    assert (said.code, said.err) == (
        1,
        "slug: Enter the last part of the web address\nmarkdown: Enter the text of the publication\n",
    )


def test_recommendations_are_kept_and_refused_rows_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "import", write(folder, "a.md", MARKDOWN), "--site", "occs", "--slug", "ar")
    table = write(folder, "r.csv", "No,Wording\n1,A\n2,B\n1,C\n".encode("utf-8-sig"))
    said = run(capsys, "recommendations", table, "--publication", "ar", "--site", "occs")
    assert said.code == 1
    assert said.out == "2 added, 0 changed, 0 left as they were, 1 refused.\n"
    assert "row 4: The reference 1 is used in row 2 already.\n" in said.err
    good = write(folder, "r.csv", "No,Wording\n1,A\n2,Changed\n")
    said = run(capsys, "recommendations", good, "--publication", "ar", "--site", "occs")
    assert (said.code, said.out) == (0, "0 added, 1 changed, 1 left as they were, 0 refused.\n")


def test_recommendations_of_no_publication_or_another_type_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write(folder, "r.csv", "ref,text\n1,A\n")
    said = run(capsys, "recommendations", table, "--publication", "absent", "--site", "occs")
    assert (said.code, said.err) == (1, "There is no such publication.\n")
    sheet = write(folder, "r.xlsx", b"PK\x03\x04")
    said = run(capsys, "recommendations", sheet, "--publication", "absent", "--site", "occs")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "CSV files only" in said.err


@pytest.mark.parametrize("command", ["import", "recommendations"])
def test_every_command_shows_an_example(folder: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    said = run(capsys, command, "--help")
    assert (said.code, "Example: folkmoot publication" in " ".join(said.out.split())) == (0, True)
