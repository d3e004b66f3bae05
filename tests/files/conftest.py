"""Storages, a bucket and a scanner for every test here."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from faults.clamd import Clamd
from faults.s3_server import S3Server
from filing import bucket

from folkmoot.store.files.local import LocalStorage
from folkmoot.store.files.storage import Storage


@pytest_asyncio.fixture
async def s3() -> AsyncIterator[S3Server]:
    """An S3 server that checks signatures."""
    async with S3Server() as server:
        yield server


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, s3: S3Server) -> Storage:
    """Each storage in turn."""
    return LocalStorage(tmp_path / "kept") if request.param == "disk" else bucket(s3.port)


@pytest_asyncio.fixture
async def clamd() -> AsyncIterator[Clamd]:
    """A scanner."""
    async with Clamd() as server:
        yield server
