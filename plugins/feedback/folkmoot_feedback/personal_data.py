"""Text that looks as if it named a person: found before staff see it. A pure function of the text.

It is tuned to be right when it says yes: dates, amounts, references and ordinals are let through.
"""

import re
from collections.abc import Callable
from typing import Final

EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")

# Numbers as people in the United Kingdom write them (Ofcom, National Telephone Numbering Plan): +44, 0044 or 0, then
# nine or ten digits that start with 1, 2, 3, 5, 7 or 8. What stands before must not make it part of a longer number.
PHONE = re.compile(
    r"(?<![\d.,/£-])(?:(?:\+|\b00)44[\s.-]?(?:\(0\)\s?)?|\(?0)[1-357-8](?:[\s.()-]{0,2}\d){8,9}(?![\d/]|[.,]\d)"
)

# Ten digits, often grouped 3-3-4; the last is a check digit (NHS Data Model and Dictionary, NHS NUMBER).
TEN_DIGITS = re.compile(r"(?<![\d.,/£-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d/]|[.,-]\d)")

# Prefixes that are never used are left out (HMRC, National Insurance Manual NIM39110).
NATIONAL_INSURANCE = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.IGNORECASE
)

# Area, district, then sector and unit, which never use C, I, K, M, O and V.
POSTCODE = re.compile(r"\b([A-Z]{1,2})(\d[A-Z\d]?) ?(\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
_AREAS = """
AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK
FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN
NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW
UB W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS: Final = frozenset(_AREAS.split())
ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b")


def is_nhs_number(digits: str) -> bool:
    """Say whether ten digits carry the check digit of an NHS number (modulus 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return len(digits) == 10 and check != 10 and check == int(digits[9]) and len(set(digits)) > 1


def _has_nhs_number(text: str) -> bool:
    return any(is_nhs_number(re.sub(r"\D", "", found[0])) for found in TEN_DIGITS.finditer(text))


def _has_postcode(text: str) -> bool:
    return any(
        found[1].upper() in AREAS and not ORDINAL.match(found[3]) and (found[0].isupper() or found[0].islower())
        for found in POSTCODE.finditer(text)
    )


DETECTORS: Final[dict[str, Callable[[str], bool]]] = {
    "email address": lambda text: EMAIL.search(text) is not None,
    "phone number": lambda text: PHONE.search(text) is not None,
    "NHS number": _has_nhs_number,
    "National Insurance number": lambda text: NATIONAL_INSURANCE.search(text) is not None,
    "postcode": _has_postcode,
}


def find_personal_data(text: str) -> list[str]:
    """Return what kinds of personal data the text seems to hold, in a fixed order; empty when none."""
    return [kind for kind, detect in DETECTORS.items() if detect(text)]
