"""Company names as they are in several languages, and typos as people make them; both from a seed."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from bot.domain.names import key

# Per language: syllables that coined names and surnames are made of, trades, what stands beside them, legal forms.
_LANGUAGES: dict[str, tuple[str, str, str, str]] = {
    "english": (
        "ash bar bec ber black bran bright brook bur cal car clay clif cor cran dal den dun ed el fair far fen field "
        "ford glen gold gran green hal ham har haw hol ing ken ker king lan lea lin lock lon mar mer mill mor nor oak "
        "pen pres quin red rich rock ros shel sil stan ster stone sut ton tre wal war wat well wes whit win wood york",
        "Analytics Capital Consulting Energy Engineering Finance Foods Freight Health Industries Insurance Labs "
        "Logistics Manufacturing Marketing Media Networks Partners Pharma Properties Robotics Security Software "
        "Solutions Systems Technologies Textiles Trading Travel Ventures",
        "Advanced American Atlantic Blue British First General Global Golden Great International National New North "
        "Northern Pacific Premier Royal Silver South Summit United Universal Western",
        "Inc|LLC|Ltd|Limited|Corp|Corporation|Co|Group|PLC|& Sons|",
    ),
    "german": (
        "alt bach bau berg brand braun burg diet dorf eber eck eich eis feld frie fuchs gart ger gold graf gruen haus "
        "hein her hof hoff holz jaeg kauf kehr kirch klein koch kraus lang leh lind mai mann mei neu ober rein rich "
        "rot schaf schmid schnei schu schwarz sei stein ster strau thal vogel wag wald weber wein wies wolf zim",
        "Anlagenbau Bau Bauelemente Dachtechnik Druckerei Elektrotechnik Fahrzeugbau Fleischwaren Gartenbau "
        "Immobilien Kältetechnik Logistik Maschinenbau Medizintechnik Metallbau Möbel Pflegedienst Software Spedition "
        "Stahlbau Textil Transporte Verlag Versicherungen Werkzeugbau",
        "Allgemeine Bayerische Deutsche Erste Hamburger Münchner Norddeutsche Rheinische Süddeutsche Vereinigte",
        "GmbH|AG|GmbH & Co. KG|KG|OHG|e.K.|SE|UG|",
    ),
    "nordic": (
        "aal aas ander bak bekk berg bjør bjørn björ brekk dahl dal eide elv fjell fjord fors foss fred gran gren "
        "hag hal han haug hei hell holm høy joh kar kvist lar lind lund lund löf mo myr nes niel nord ny øst ole ped "
        "ravn sand sjø skog sol sten stor strand strøm sund svart søder tor vik vest ås österg øy",
        "Anlegg Bygg Elektro Energi Entreprenør Fiskeri Havbruk Hotell Invest Konsult Mat Møbler Regnskap Renhold "
        "Rør Rederi Sjømat Snickeri Skog Teknik Teknologi Trafik Transport Trävaror Verksted",
        "Bergens Den Det Dansk Kongelige Nordisk Norsk Oslo Skandinaviske Svensk Svenska Østlandske",
        "AS|ASA|A/S|AB|ApS|Oy|Oyj|HB|",
    ),
    "finnish": (
        "aho ala haka harju heik helmi hieta honka ilma joki jär kallio kangas karhu kataja kivi kor koski kuus lah "
        "lai lampi lehto lep linna maa mäki mat metsä mylly nie niemi nur pel pelto pit pohja puro ran ranta salo saa "
        "sal suo talo tam tuo vaara vi vesi virta väi yli",
        "Energia Huolto Isännöinti Kauppa Kiinteistöt Kirjapaino Konepaja Kuljetus Leipomo Metalli Rakennus Sähkö "
        "Tekniikka Teollisuus Tilitoimisto Vakuutus",
        "Etelä Helsingin Itä Länsi Pohjolan Suomen Tampereen Turun",
        "Oy|Oyj|Ky|Tmi|Oy Ab|",
    ),
    "romance": (
        "al alma amo ar bar bel ben ber bian bon bru cal can car cas cha che cor da del des di do du fer fi fon fran "
        "gar ge gi go gran gui hu la lar le lo lu man mar mas mer mon mont mo na no or pa per pi po que ra ri ro ros "
        "sa san ser so ta te to tor tra va val ve ver vi vil za",
        "Alimentación Assurances Bâtiment Boulangerie Céramiques Conseil Construcciones Costruzioni Distribution "
        "Édition Energía Farmacia Ferretería Gestion Gráfica Immobilier Ingeniería Logística Mobili Moda Officine "
        "Olio Pâtisserie Servicios Sistemi Studio Transports Turismo Vini",
        "Compagnie Générale Gruppo Grupo Industria Manufacture Nouvelle Nuova Sociedad Société Union",
        "SA|SAS|SARL|S.p.A.|S.r.l.|SL|S.A.|SRL|",
    ),
}
_WEIGHTS = {"english": 40, "german": 20, "nordic": 15, "finnish": 7, "romance": 18}

# What names are made of: D is a word of their own, T a trade, A what stands beside it; and how often.
_PATTERNS = {
    "D": 9, "D T": 26, "D D": 8, "A T": 2, "D & D": 5, "A D T": 9, "D T T": 10, "D D T": 14, "D D D": 3, "A D T T": 4,
    "D D T T": 5, "D D D T": 3, "D & D T": 2,
}  # fmt: skip
# How long distinct words are: the share of each number of letters, from two.
_LENGTHS = dict(enumerate((1, 7, 20, 18, 17, 14, 10, 7, 4, 3, 2, 1, 1), start=2))
_DISCOUNT, _STRENGTH = 0.70, 600.0  # of the Pitman-Yor process
_REFUSED = 0.75  # of names that another company has with another legal form


def companies(count: int, seed: int) -> list[str]:
    """That many different company names, in numbers like those of a register of real ones.

    The register is GLEIF's of legal entities (of October 2025): 328,000 names of it without funds, those in Latin
    letters that have a word of one of 20 industries. Legal forms are left out, as `key` does.

    |                                  |  register | here    |  register | here    | here      |
    | -------------------------------- | --------- | ------- | --------- | ------- | --------- |
    | names                            |   100,000 | 100,000 |   328,000 | 328,000 | 1,000,000 |
    | distinct words                   |    59,700 |  58,200 |   133,500 | 136,600 |   301,700 |
    | of which in one name only        |      70 % |    71 % |      66 % |    68 % |      67 % |
    | other words one edit from a word |        13 |      12 |        17 |      21 |           |
    | words in a name                  |       3.5 |     2.7 |       3.5 |     2.7 |       2.7 |
    | names with a word of their own   |      37 % |    37 % |      25 % |    27 % |      19 % |
    | whose rarest word > 100 have     |       4 % |     3 % |      13 % |    11 % |      24 % |
    | names that only the legal form parts |   1.5 % |   2.0 % |     3.9 % |   3.6 % |     5.1 % |

    That names are shorter here, and some of one word, makes them harder to tell apart than the register's.
    """
    random = Random(seed)
    languages = [_Language(random, *parts) for parts in _LANGUAGES.values()]
    found: dict[str, None] = {}
    taken: set[str] = set()
    while len(found) < count:
        (language,) = random.choices(languages, list(_WEIGHTS.values()))
        name = language.company()
        if key(name) not in taken or random.random() > _REFUSED:
            found[name] = None
            taken.add(key(name))
    names = list(found)
    random.shuffle(names)  # words that came first are the common ones
    return names


class _Language:
    """Names of one language. Their own words are a Pitman-Yor process: the more names have a word, the likelier the
    next one has it, and new words come ever more slowly (Heaps' law, with the discount as its exponent)."""

    def __init__(self, random: Random, syllables: str, trades: str, adjectives: str, legal: str) -> None:
        self._random = random
        self._syllables = syllables.split()
        self._kinds = {"T": trades.split(), "A": adjectives.split()}
        self._legal = legal.split("|")
        self._drawn: list[str] = []
        self._counts: Counter[str] = Counter()

    def company(self) -> str:
        (pattern,) = self._random.choices(list(_PATTERNS), list(_PATTERNS.values()))
        words: list[str] = []
        for kind in pattern.split():
            while (word := self._own() if kind == "D" else self._listed(kind)) in words:
                pass
            words.append(word)
        return " ".join([*words, self._random.choice(self._legal)]).strip()

    def _listed(self, kind: str) -> str:
        """A trade or an adjective, the first ones more often than the last."""
        words = self._kinds.get(kind) or [kind]
        return words[int(len(words) * self._random.random() ** 2)]

    def _own(self) -> str:
        random, drawn, counts = self._random, self._drawn, self._counts
        if random.random() * (len(drawn) + _STRENGTH) < _STRENGTH + _DISCOUNT * len(counts):
            while (word := self._coined()) in counts:
                pass
        else:
            word = random.choice(drawn)
            while random.random() * counts[word] < _DISCOUNT:
                word = random.choice(drawn)
        drawn.append(word)
        counts[word] += 1
        return word

    def _coined(self) -> str:
        """A surname, an invented word, or up to three letters that stand for some."""
        random = self._random
        (length,) = random.choices(list(_LENGTHS), list(_LENGTHS.values()))
        if length <= 3:
            return "".join(random.choices(string.ascii_uppercase, k=length))
        word = ""
        while len(word) < length:
            word += random.choice(self._syllables)
        return (word[:length] if random.random() < 0.5 else word[-length:]).capitalize()


# Typos.

Typo = Callable[[Random, str], str | None]


def typos(count: int, names: list[str], seed: int) -> list[tuple[str, int, str]]:
    """Typos as (kind, index of the name, what was typed), of several kinds and made afresh from the seed."""
    random = Random(seed)
    common = Counter(word for name in names for word in set(name.split()))
    kinds: list[tuple[str, int, Typo]] = [
        ("one edit", 50, one_edit),
        ("two edits", 20, two_edits),
        ("joined or split", 15, joined_or_split),
        ("typo and a word left out", 15, partial(typo_with_a_word_left_out, common)),
    ]
    found: list[tuple[str, int, str]] = []
    for kind, percent, typo in kinds:
        wanted = len(found) + round(count * percent / 100)
        while len(found) < wanted:
            at = random.randrange(len(names))
            made = typo(random, names[at])
            if made is not None:
                found.append((kind, at, made))
    return found


def one_edit(random: Random, name: str) -> str | None:
    """A letter inserted, deleted, replaced, or swapped with the next, in a word of three letters or more."""
    return _edit_words(random, name, shortest=3, edits=1)


def two_edits(random: Random, name: str) -> str | None:
    """Two edits in one word of six letters or more."""
    return _edit_words(random, name, shortest=6, edits=2)


def joined_or_split(random: Random, name: str) -> str | None:
    """Two words written as one, or one as two."""
    words = name.split()
    if len(words) > 2 and random.random() < 0.5:
        at = random.randrange(len(words) - 2)
        both = words[at] + words[at + 1]
        return " ".join([*words[:at], both, *words[at + 2 :]]) if both.isalpha() else None
    at = random.randrange(len(words))
    if len(words[at]) < 5 or not words[at].isalpha():
        return None
    cut = random.randrange(2, len(words[at]) - 1)
    return " ".join([*words[:at], words[at][:cut], words[at][cut:], *words[at + 1 :]])


def typo_with_a_word_left_out(common: Counter[str], random: Random, name: str) -> str | None:
    """One edit in a name of two words or more without its legal form, one of them left out.

    People leave out what is generic ("Nordlys" for "Nordlys Havbruk"): the more names have a word, the likelier it is
    left out, in proportion. Without numbers (`common` empty) each word is as likely as any other.
    """
    words = spoken(name)
    if len(words) < 2:
        return None
    (left_out,) = random.choices(range(len(words)), [common[word] or 1 for word in words])
    return one_edit(random, " ".join([*words[:left_out], *words[left_out + 1 :]]))


def spoken(name: str) -> list[str]:
    """The words of a name that people say: without its legal form and signs that stand alone."""
    known = key(name).split()
    return [word for word in name.split() if key(word) in known]


def _edit_words(random: Random, name: str, shortest: int, edits: int) -> str | None:
    words = name.split()
    able = [at for at, word in enumerate(words) if len(word) >= shortest and word.isalpha()]
    if not able:
        return None
    at = random.choice(able)
    edited = words[at]
    for _ in range(edits):
        edited = _edit(random, edited)
    return " ".join([*words[:at], edited, *words[at + 1 :]]) if edited != words[at] else None


def _edit(random: Random, word: str) -> str:
    letter = random.choice(string.ascii_lowercase)
    at = random.randrange(len(word))
    kind = random.choice(["insert", "delete", "replace", "swap"])
    if kind == "insert":
        return word[:at] + letter + word[at:]
    if kind == "delete":
        return word[:at] + word[at + 1 :]
    if kind == "replace":
        return word[:at] + letter + word[at + 1 :]
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
