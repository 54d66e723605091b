"""Company names as they are in several languages, and typos as people make them; both from a seed."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterator
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


def companies(count: int, seed: int) -> list[str]:
    """That many different company names."""
    random = Random(seed)
    languages = random.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
    found: dict[str, None] = {}
    for language in _endless(languages):
        found[_company(random, *_LANGUAGES[language])] = None
        if len(found) == count:
            break
    return list(found)


def _endless(languages: list[str]) -> Iterator[str]:
    while True:
        yield from languages


def _company(random: Random, syllables: str, trades: str, adjectives: str, legal: str) -> str:
    coined = _coined(random, syllables.split())
    trade, adjective = random.choice(trades.split()), random.choice(adjectives.split())
    second = _coined(random, syllables.split())
    pattern = random.choices(
        [
            coined, f"{coined} {trade}", f"{coined} & {second}", f"{coined} {second} {trade}",
            f"{adjective} {coined} {trade}", f"{adjective} {trade} {coined}",
            f"{coined} {random.choice(trades.split())} {trade}",
            f"{random.choice(string.ascii_uppercase)}{random.choice(string.ascii_uppercase)} {coined}",
        ],
        [18, 34, 8, 14, 10, 6, 6, 4],
    )[0]  # fmt: skip
    return f"{pattern} {random.choice(legal.split('|'))}".strip()


def _coined(random: Random, syllables: list[str]) -> str:
    """A surname or an invented word. Some are common and many are rare, as they are."""
    common = random.random() < 0.2
    first = int(random.paretovariate(0.9)) % len(syllables) if common else random.randrange(len(syllables))
    length = 2 if common else random.choices([2, 3, 4], [45, 45, 10])[0]
    rest = [random.choice(syllables) for _ in range(length - 1)]
    return "".join([syllables[first], *rest]).capitalize()


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
    """One edit in a name of two words or more without its legal form, one of them left out, but not the rarest.

    Without its rarest word ("New Security" for "New Walton Security") nobody could tell the name from others.
    """
    words = [word for word in name.split() if key(word) in key(name).split()]
    if len(words) < 2:
        return None
    rarest = min(words, key=common.__getitem__)
    words.remove(random.choice([word for word in words if word is not rarest]))
    return one_edit(random, " ".join(words))


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
