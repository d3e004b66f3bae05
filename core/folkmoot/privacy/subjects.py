"""Whom a request is about, and the keyed hash that stands for them where nothing else may be kept."""

import hashlib
import hmac
import re
from uuid import UUID

from folkmoot.privacy.words import N_
from folkmoot.spec.descriptors import Subject
from folkmoot.spec.errors import Fault, Unprocessable

# In whatever text: what stands before and after may be punctuation.
EMAILS = re.compile(r"[^\s@<>()\[\]\"',;:\\]{1,64}@[^\s@<>()\[\]\"',;:\\]{1,188}[^\s@<>()\[\]\"',;:\\.!?]")
REFERENCES = re.compile(r"\b[A-Z0-9]{1,8}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
EMAIL = re.compile(rf"{EMAILS.pattern}\Z")
NOBODY = N_(
    "Enter an email address such as name@example.org, or the reference of what was sent, such as OCCS-7K2M-9QXD"
)


def read_subject(site_id: UUID, typed: str, secret_key: str) -> Subject:
    """Return the person that an email address or a reference means; raises ``Unprocessable`` when it is neither."""
    text = typed.strip()
    if EMAIL.match(text):
        return Subject(site_id=site_id, email=text.lower(), secret_key=secret_key)
    if REFERENCES.fullmatch(text.upper()):
        return Subject(site_id=site_id, reference=text.upper(), secret_key=secret_key)
    raise Unprocessable([Fault("subject", NOBODY)])


def subject_hash(subject: Subject) -> str:
    """Return what is kept of a subject: without the instance's key nobody can try out addresses against it."""
    text = "\n".join(("subject", subject.site_id.hex, subject.email, subject.reference))
    return hmac.new(subject.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def subjects_in(site_id: UUID, text: str, secret_key: str) -> set[Subject]:
    """Return everybody whom a text could mean."""
    emails = {Subject(site_id=site_id, email=found.lower(), secret_key=secret_key) for found in EMAILS.findall(text)}
    references = REFERENCES.findall(text)
    return emails | {Subject(site_id=site_id, reference=found, secret_key=secret_key) for found in references}
