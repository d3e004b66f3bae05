"""What people and programs send: bodies of the JSON API, and the fields of staff forms."""

from collections.abc import Mapping
from typing import Any

from litestar.datastructures import UploadFile
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from folkmoot.api import N_, Fault, Request, Unprocessable
from folkmoot_publication.files import ONLY_CSV, ONLY_MARKDOWN, read_text
from folkmoot_publication.service import Manuscript

MANUSCRIPT_FIELDS = ("slug", "title", "summary", "kind", "markdown")


class NewPublication(BaseModel):
    """A publication to create."""

    model_config = ConfigDict(extra="forbid")

    slug: str
    title: str
    summary: str = ""
    kind: str = "report"
    markdown: str


class Publishing(BaseModel):
    """A request to publish."""

    model_config = ConfigDict(extra="forbid")

    override_reason: str = ""


class RecommendationChange(BaseModel):
    """What to change of a recommendation, or a new one; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    title: str = ""
    text: str = ""
    response: str = Field(default="", validation_alias=AliasChoices("response", "response_text"))
    theme: str = ""
    subtheme: str = ""
    part: str = ""
    owner: str = ""
    status: str = ""
    notes: dict[str, str] = Field(default_factory=dict)


async def manuscript_from_form(request: Request) -> Manuscript:
    """Return what was typed into the staff form; the text as it is, everything else without white space around it."""
    values = await request.values(*MANUSCRIPT_FIELDS)
    text = (await request.fields()).get("markdown", "")
    return Manuscript(**{**values, "markdown": text if isinstance(text, str) else ""})


async def manuscript_from_upload(request: Request) -> Manuscript:
    """Return the manuscript of a multipart call: its facts as fields, its text as ``file`` or ``markdown``.

    :raises Unprocessable: when there is no text, or the file is none
    """
    values: Mapping[str, str] = await request.values(*MANUSCRIPT_FIELDS)
    form = await request.fields()
    unknown = sorted(set(form) - {*MANUSCRIPT_FIELDS, "file"})
    if unknown:
        raise Unprocessable([Fault(name, f"“{name}” is not known.") for name in unknown])
    upload: Any = form.get("file")
    if isinstance(upload, UploadFile):
        text = read_text(await upload.read(), where="file", otherwise=ONLY_MARKDOWN)
        values = {**values, "markdown": text}
    return Manuscript(**{**values, "kind": values["kind"] or "report"})


async def table_from_form(request: Request) -> tuple[str, str]:
    """Return the table of recommendations that was uploaded or pasted, and what was pasted.

    :raises Unprocessable: when there is neither, or the file is no text
    """
    form = await request.fields()
    pasted = str(form.get("pasted", "")) if isinstance(form.get("pasted", ""), str) else ""
    upload: Any = form.get("file")
    content = await upload.read() if isinstance(upload, UploadFile) and upload.filename else b""
    if content:
        return read_text(content, where="file", otherwise=ONLY_CSV), pasted
    if not pasted.strip():
        raise Unprocessable([Fault("file", N_("Choose a CSV file, or paste the rows below"))])
    return pasted, pasted
