"""What tests of files share: contents, and ways to keep them."""

import io
from dataclasses import replace
from typing import Any

from faults.clamd import Clamd
from faults.s3_server import BUCKET, KEY_ID, REGION, SECRET

from folkmoot.store.files.keeping import Keeping, Wanted, keep, take_in
from folkmoot.store.files.models import FileRow
from folkmoot.store.files.s3 import S3Storage
from folkmoot.store.files.scanner import Scanner
from folkmoot.store.files.storage import Storage
from folkmoot.testing import Instance

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def bucket(port: int, **options: Any) -> S3Storage:
    """Return a storage in the bucket of a server that answers at a port."""
    given = {"region": REGION, "access_key_id": KEY_ID, "secret_access_key": SECRET, "patience": 1.0, **options}
    return S3Storage(BUCKET, "kept/here", endpoint=f"http://127.0.0.1:{port}", **given)


def use(instance: Instance, **changes: Any) -> Keeping:
    """Change what an instance keeps its files with."""
    platform = instance.platform
    platform.keeping = replace(platform.keeping, **changes)
    platform.files = platform.keeping.storage
    return platform.keeping


def use_scanner(instance: Instance, clamd: Clamd, *, answer: float = 5.0) -> Keeping:
    """Have an instance's files scanned."""
    return use(instance, scanner=Scanner(clamd.url, answer=answer))


async def add(
    instance: Instance, content: bytes = PDF, *, name: str = "Annual report.pdf", site: Any = None, **wanted: Any
) -> FileRow:
    """Keep a file on a site, as an upload would."""
    chosen, keeping = site or instance.site, instance.platform.keeping
    asked = Wanted(**{"purpose": "test", "largest": 100_000_000, **wanted})
    taken = await take_in(keeping, chosen.id, io.BytesIO(content), name=name, wanted=asked)
    async with keeping.database.writing(chosen.id) as session:
        row = await keep(session, taken.id, scanned=keeping.scanner is not None, at=instance.clock.now())
        await session.commit()
    return row


async def held(storage: Storage, site_id: Any) -> dict[str, int]:
    """Return what a storage holds for a site."""
    return {sha256: size async for sha256, size in storage.list(site_id)}
