"""Words of texts, and what a search asks of them. Pure functions.

A text is stored as its words, without case and accents, each with a space on both sides: so `LIKE '% bob%'` finds the
beginning of a word and `LIKE '% red car %'` whole words beside each other, in every database alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import filterfalse

from dogwatch.errors import RefusedError

MOST_TERMS = 12
LONGEST_WORD = 60
_EACH = "\u3040-\u30ff\u3400-\u9fff"  # kana and ideographs, between which no spaces are written
_WORD = re.compile(rf"[{_EACH}]|[^\W_{_EACH}]+")
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_BETWEEN = " / "
"""Between two texts, so that no phrase goes from one into the next."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words beside each other, of a search.

    The last word of a term that was not quoted is the beginning of one.
    """

    words: tuple[str, ...]
    whole: bool

    @property
    def pattern(self) -> str:
        """What LIKE takes; words have no characters that it would take for others."""
        return f"% {' '.join(self.words)}{' ' if self.whole else ''}%"

    @property
    def key(self) -> tuple[str, bool]:
        """The word by which an index finds the term best, and whether it is a whole one."""
        whole = self.words if self.whole else self.words[:-1]
        return (max(whole, key=len), True) if whole else (self.words[-1], False)

    def is_in(self, text: str) -> bool:
        """Tell whether a text that `joined` has made has the term."""
        return self.pattern.strip("%") in text


def words(text: str) -> list[str]:
    """Return the words of a text, without case and accents."""
    plain = text if text.isascii() else "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", text)))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain.casefold())]


def joined(texts: Iterable[str | None]) -> str:
    """Return the words of texts as one text in which terms are looked for; empty if there are none."""
    found = [" ".join(some) for text in texts if text and (some := words(text))]
    return f" {_BETWEEN.join(found)} " if found else ""


def distinct(text: str) -> set[str]:
    """Return the different words of a text that `joined` has made."""
    return {word for word in text.split() if word != _BETWEEN.strip()}


def terms(query: str) -> tuple[Term, ...]:
    """Return what a query asks for: quoted phrases, and words.

    Raises:
        RefusedError: It asks for too much.
    """
    found: dict[Term, None] = {}
    for quoted, plain in _TERM.findall(query):
        if some := tuple(words(quoted or plain)):
            found[Term(some, whole=bool(quoted))] = None
    if len(found) > MOST_TERMS:
        raise RefusedError(f"A search has at most {MOST_TERMS} words or phrases")
    return tuple(found)
