"""Names of clients, folded so that what people type meets what the data says."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

KEY_LENGTH = 255  # characters of a folded name that are kept
WORD_LENGTH = 64  # and of a word of it
SHORT = 5  # letters of a word that has no half long enough to find it by
PART_LENGTH = 3  # the shortest part of a word that is looked for inside words

# Letters that Unicode does not take apart into a letter and an accent. "ß" is the casefold's own.
_LETTERS = {
    "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t",
}  # fmt: skip
_APOSTROPHES = "'’‘‛`´ʼʹ′״׳"  # "O'Brien" is typed "obrien", never "o brien"
_ONE_LETTER = str.maketrans({**_LETTERS, **dict.fromkeys(_APOSTROPHES, "")})
_ASCII = {code: chr(code) if chr(code).isalnum() else " " for code in range(128)} | {ord("'"): "", ord("`"): ""}
_JOINED_FORMS = re.compile("株式会社|有限会社|合同会社|股份有限公司|有限公司|주식회사")
_DOTTED = re.compile(r"\b\w(?:[./]\w)+\b")  # "S.p.A", "A/S", "U.S"

# Legal forms, folded: left out at the end of a name, and the second ones also at its start.
_AT_THE_END = """
    inc incorporated llc llp lp ltd limited plc corp corporation co company pty pte pvt private sdn bhd cic
    gmbh ggmbh mbh ag kg kgaa ohg gbr ug ev ek eg se as asa ans ab publ hb kb aps oy oyj ky ry tmi hf ehf
    bv nv vof bvba sa sab sas sasu sarl eurl snc sca sl slu sau srl spa sapa ltda eireli cv lda
    sro spol zoo oo kft zrt nyrt doo eood ood sia uab ou kk gk pt tbk
    ооо оао зао пао ао ип тов בעמ
"""
_AT_THE_START = "ab as oy pt sarl eurl sasu ооо оао зао пао ао ип тов"
_LEGAL_END, _LEGAL_START = frozenset(_AT_THE_END.split()), frozenset(_AT_THE_START.split())
LEGAL_FORMS = tuple(sorted(form for form in _LEGAL_END if len(form) > 2))  # those long enough for a typo to be seen
# Words that belong to the legal form only when the word after them was left out: "SA de CV", "sp. z o.o."
_LEGAL_LINKS = {"de": {"cv", "rl"}, "z": {"oo"}, "sp": {"z", "zoo"}, "rl": {"de"}, "and": {"co"}, "und": {"co"}}

_SLACK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/@\s]+@)?(?:www\.)?((?:[\w-]+\.)+[\w-]{2,})\.?(?:[:/?#]\S*)?", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """A name as it is compared: lower case, no accents, no punctuation, no legal form: "Ærø Bygg A/S" is "aero bygg".

    Never empty for a name that has anything in it: "AS" stays "as", and a name of signs only stays as it is.
    """
    words = _without_legal_form(_letters(name))
    return " ".join(words)[:KEY_LENGTH].rstrip() or "".join(map(_sign, name.casefold())).strip()[:KEY_LENGTH]


def has_legal_form(name: str) -> bool:
    """Whether there is a legal form in it: who types one types the whole name."""
    found = _letters(name)
    return len(_without_legal_form(found)) < len(found)


def words(key: str) -> tuple[str, ...]:
    """The distinct words of a key, in its order."""
    found = key.split()
    if len(key) > WORD_LENGTH:
        found = [word[:WORD_LENGTH] for word in found]
    return tuple(dict.fromkeys(found))


def deletions(word: str) -> set[str]:
    """The word, and the word with each one of its letters left out.

    Two words that are one edit apart (a letter more, less, other, or two swapped) have one in common.
    """
    if len(word) <= 2:
        return {word}
    found = {word[:at] + word[at + 1 :] for at in range(len(word))}
    found.add(word)
    return found


def forms(word: str) -> set[str]:
    """The deletions by which a short word is found; longer ones have halves."""
    return deletions(word) if len(word) <= SHORT else set()


def halves(word: str) -> tuple[str, str]:
    """A beginning, and one of its `endings`: of a word longer than `SHORT`, an edit leaves one of them as it was.

    Unless it swaps the letters where they meet.
    """
    at = len(word) - (len(word) // 4 * 2 + 1)
    return word[:at], word[at:]


def endings(word: str) -> list[str]:
    """Every second end of a word, from three letters on; not the word itself.

    A part of three letters or more inside the word is where one of them begins, or where one does less its first.
    """
    return [word[at:] for at in range(len(word) - PART_LENGTH, 0, -2)]


def domain(text: str) -> str | None:
    """The domain in a URL, an e-mail address or a bare host: of "anna@acme.com" acme.com; `None` if there is none."""
    match = _HOST.fullmatch(text.strip())
    return match[1].casefold()[:KEY_LENGTH] if match else None


def typed(text: str) -> str:
    """What somebody typed, as they saw it: without Slack's control sequences and its three entities.

    Links keep their address, mentions and specials (`<@U1>`, `<!here>`, `<#C1|name>`) are left out.
    """
    text = _SLACK.sub(_address, text)
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    return text.strip()


def tidy(text: str) -> str:
    """A text as it is kept and shown: single spaces, and nothing that a database cannot keep."""
    return " ".join("".join(map(_sign, text)).split())


def _address(match: re.Match[str]) -> str:
    target = match[1]
    return " " if target[:1] in "@!#" else target.removeprefix("mailto:")


def _letters(name: str) -> list[str]:
    """Words of folded letters and digits, parted by everything else; initials stand together."""
    text = name.casefold()
    if "." in text or "/" in text:
        text = _DOTTED.sub(_together, text)
    if text.isascii():
        return _initials(text.translate(_ASCII).split())
    text = unicodedata.normalize("NFKD", _JOINED_FORMS.sub(" ", text).translate(_ONE_LETTER)).casefold()
    return _initials(unicodedata.normalize("NFC", "".join(map(_sign_to_space, text))).split())


def _together(match: re.Match[str]) -> str:
    return match[0].replace(".", "").replace("/", "")


def _initials(words: list[str]) -> list[str]:
    """ "h m" and "j p morgan" as "hm" and "jp morgan": the way people type H&M and J. P. Morgan."""
    if 1 not in map(len, words):
        return words
    joined: list[str] = []
    alone = False
    for word in words:
        if alone and len(word) == 1:
            joined[-1] += word
        else:
            joined.append(word)
            alone = len(word) == 1
    return joined


@lru_cache(maxsize=4096)
def _sign_to_space(letter: str) -> str:
    """Letters, digits and vowel signs stay; accents and invisible marks vanish; all else parts words."""
    category = unicodedata.category(letter)
    if category[0] in "LN" or (category[0] == "M" and not unicodedata.combining(letter)):
        return letter
    return "" if category[0] == "M" or category == "Cf" else " "


def _sign(letter: str) -> str:
    """A sign that a database can keep: no control characters, no half of a surrogate pair."""
    return " " if unicodedata.category(letter) in {"Cc", "Cs", "Zs", "Zl", "Zp"} else letter


def _without_legal_form(found: list[str]) -> list[str]:
    first, last = 0, len(found)
    while last > 1 and found[last - 1] in _LEGAL_END:
        last -= 1
        while last > 1 and found[last] in _LEGAL_LINKS.get(found[last - 1], ()):
            last -= 1
    while first < last - 1 and found[first] in _LEGAL_START:
        first += 1
    return found[first:last]
