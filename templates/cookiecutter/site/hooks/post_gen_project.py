"""Makes the secret key, which only its owner can read, and takes away the words of languages that were not chosen."""

import os
import secrets
from pathlib import Path

LANGUAGES = [code.strip() for code in "{{ cookiecutter.languages }}".split(",")]

os.mkdir("data", mode=0o700)
handle = os.open("data/secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
with os.fdopen(handle, "w", encoding="ascii") as file:
    file.write(secrets.token_urlsafe(48) + "\n")

if "cy" not in LANGUAGES:
    Path("content/home.cy.md").unlink()
if "en" not in LANGUAGES:
    Path("content/home.md").unlink()
