"""Figures as they are typed in a table, and as machines read them."""

import re
from dataclasses import dataclass

_GAPS = {"", "-", "–", "—", "…", "?", "n/a", "na"}
_ABOUT = r"(?:[≈~<>≤≥]|c\.|ca\.|about )"
_SPACE = "  \u202f"
NUMBER = re.compile(
    rf"({_ABOUT}?)\s{{0,3}}([+−-]?(?:\d{{1,3}}(?:[,'’{_SPACE}]\d{{3}})+|\d{{1,15}})(?:\.\d{{1,9}})?)\s{{0,3}}(%?)\s{{0,3}}(\(?\?\)?)?"
)


@dataclass(frozen=True)
class Value:
    """A figure: the number, and whether it is an estimate or a bound."""

    number: float
    rough: bool = False


def value(cell):
    """Return the `Value` of a cell as typed, None for a gap; raise ValueError for anything else.

    Decimals have a point, groups of three a comma, a thin space or an apostrophe: "1,234.5", "≈56", "45 (?)", "n/a".
    """
    cell = cell.strip()
    if cell.casefold() in _GAPS:
        return None
    found = NUMBER.fullmatch(cell)
    if not found:
        raise ValueError(cell)
    digits = re.sub(rf"[,'’{_SPACE}]", "", found[2]).replace("−", "-")
    return Value(float(digits), bool(found[1] or found[4]))


def digits(number):
    """Return a float as plain decimal digits, to nine places at most."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


def harmless(words):
    """Return `words` so that no spreadsheet reckons with them."""
    return f"'{words}" if words[:1] in tuple("=+-@") else words
