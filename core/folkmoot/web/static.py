"""Static files: read once at boot, addressed by the hash of their content, immutable."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".png": b"image/png",
    ".ico": b"image/x-icon",
    ".woff2": b"font/woff2",
    ".json": b"application/json",
}
BRAND = re.compile(r"/static/brand-([0-9a-f]{6})\.css\Z")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent, plain and zipped."""

    type: bytes
    body: bytes
    zipped: bytes
    etag: bytes
    plugin: str | None = None


class StaticFiles:
    """All static files of core and of the active plugins, by address."""

    def __init__(self) -> None:
        self._files: dict[str, StaticFile] = {}
        self._names: dict[str, str] = {}

    def add_built(self, folder: Path) -> None:
        """Add what the build hook made: its manifest says which hashed file has which name."""
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for name, hashed in manifest["files"].items():
            self._add(f"/static/{hashed}", (folder / hashed).read_bytes(), Path(hashed).suffix, None)
            self._names[name] = f"/static/{hashed}"

    def add_plugin(self, plugin: str, folder: Path) -> None:
        """Add a plugin's files; the hash becomes part of the address."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in TYPES:
                name = path.relative_to(folder).as_posix()
                body = path.read_bytes()
                mark = hashlib.sha256(body).hexdigest()[:12]
                address = f"/static/{plugin}/{name.removesuffix(path.suffix)}.{mark}{path.suffix}"
                self._add(address, body, path.suffix, plugin)
                self._names[f"{plugin}/{name}"] = address

    def _add(self, address: str, body: bytes, suffix: str, plugin: str | None) -> None:
        kind = TYPES.get(suffix, b"application/octet-stream")
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
        self._files[address] = StaticFile(kind, body, gzip.compress(body, 9, mtime=0), etag, plugin)

    def address(self, name: str) -> str:
        """Return the address of a file by its name, such as ``site.css`` or ``consultation/form.css``."""
        return self._names[name]

    def find(self, path: str) -> StaticFile | None:
        """Return the file at an address, or the stylesheet of a brand colour."""
        found = self._files.get(path)
        brand = BRAND.match(path) if found is None else None
        if brand:
            body = brand_stylesheet(f"#{brand[1]}").encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
            return StaticFile(TYPES[".css"], body, gzip.compress(body, 9, mtime=0), etag)
        return found


def brand_stylesheet(colour: str) -> str:
    """Return the custom properties of a brand colour, with a text colour of at least 4.5:1 on it (WCAG 2.2, 1.4.3)."""
    text = "#ffffff" if contrast(colour, "#ffffff") >= 4.5 else "#0b0c0c"
    return f":root{{--folkmoot-brand:{colour};--folkmoot-brand-text:{text}}}\n"


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours ``#rrggbb``, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
