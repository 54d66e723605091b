"""Plainly made-up companies in several languages, with accents, quotes, ampersands and right-to-left letters."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from bot.domain import names


class Company(NamedTuple):
    name: str
    domain: str
    country: str  # ISO 3166
    industry: str


class _Language(NamedTuple):
    """Names are a word, a trade (one per industry, in their order) and a legal form."""

    country: str
    companies: int
    words: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]


INDUSTRIES = ("Construction", "Gardening", "Accounting", "Transport", "Café", "Manufacturing", "Software", "Property")

_LANGUAGES = (
    _Language(
        "NO",
        34,
        ("Trollhette", "Måneskinn", "Brunost", "Ønskebrønn", "Ærfugl", "Vaffelhjerte", "Rømmegrøt", "Bjørnebær"),
        ("Bygg", "Hage", "Regnskap", "Transport", "Kafé", "Verksted", "Data", "Eiendom"),
        ("AS", "AS", "ASA"),
    ),
    _Language(
        "SE",
        21,
        ("Kanelbulle", "Älgskog", "Snödroppe", "Räksmörgås", "Blåbär", "Ugglevik", "Midsommar"),
        ("Bygg", "Trädgård", "Redovisning", "Åkeri", "Kafé", "Verkstad", "Data", "Fastigheter"),
        ("AB",),
    ),
    _Language(
        "FI",
        25,
        ("Revontuli", "Pöllö", "Mörkö", "Yötön Yö", "Lakka", "Saunavihta", "Höpsis"),
        ("Rakennus", "Puutarha", "Tilitoimisto", "Kuljetus", "Kahvila", "Konepaja", "Ohjelmistot", "Kiinteistöt"),
        ("Oy", "Oy", "Oyj"),
    ),
    _Language(
        "DE",
        33,
        ("Wolkenkuckuck", "Grüner Bär", "Zwölf Äpfel", "Quietscheente", "Rübezahl", "Süßholz & Söhne", "Größenwahn"),
        ("Bau", "Gärten", "Steuerberatung", "Logistik", "Bäckerei", "Maschinenbau", "Software", "Immobilien"),
        ("GmbH", "GmbH", "GmbH & Co. KG", "AG"),
    ),
    _Language(
        "PL",
        21,
        ("Żółta Łódź", "Smok", "Wesoła Gęś", "Źrebię", "Śnieżka", "Kaczka i Wnuki"),
        ("Budowa", "Ogrody", "Księgowość", "Transport", "Kawiarnia", "Narzędzia", "Programy", "Nieruchomości"),
        ("Sp. z o.o.", "S.A."),
    ),
    _Language(
        "ES",
        14,
        ("Ñandú Azul", "Caracol", "Piña & Limón", "Dragón Dormido"),
        ("Construcción", "Jardines", "Asesoría", "Logística", "Cafetería", "Máquinas", "Programación", "Pisos"),
        ("S.L.", "S.A."),
    ),
    _Language(
        "EE",
        13,
        ("Öökull", "Põdrasarv", "Jõuluvana", "Hõbekala"),
        ("Ehitus", "Aiad", "Raamatupidamine", "Veod", "Kohvik", "Tehas", "Tarkvara", "Kinnisvara"),
        ("OÜ",),
    ),
)

_WHOLE = (
    Company('Kafé "Siste Kopp" AS', "siste-kopp.example", "NO", "Café"),
    Company("O'Mølle & Sønner AS", "omolle.example", "NO", "Manufacturing"),
    Company("Kaffestugan ”Fyra Koppar” & Co AB", "fyra-koppar.example", "SE", "Café"),
    Company("Räätälöinti 100 % Oy", "raatalointi.example", "FI", "Manufacturing"),
    Company("„Zum goldenen Beispiel“ Gasthaus GmbH", "goldenes-beispiel.example", "DE", "Café"),
    Company("Spółka „Żart”, Łączność i Ćwiczenia S.A.", "zart.example", "PL", "Software"),
    Company("Jää & Lumi <Katsetus> OÜ", "jaa-lumi.example", "EE", "Transport"),
    Company("Παράδειγμα Α.Ε.", "paradeigma.example", "GR", "Software"),
    Company("Κήποι «Ασημένια Ελιά» Ε.Π.Ε.", "asimenia-elia.example", "GR", "Gardening"),
    Company("Γαλάζιο Κύμα Μεταφορές Α.Ε.", "galazio-kyma.example", "GR", "Transport"),
    Company("Η Κουκουβάγια & Υιοί Ο.Ε.", "koukouvagia.example", "GR", "Café"),
    Company("Χρυσή Μέλισσα Λογιστική Α.Ε.", "chrysi-melissa.example", "GR", "Accounting"),
    Company("Πήγασος Οικοδομική Α.Ε.", "pigasos.example", "GR", "Construction"),
    Company("Φτερωτή Χελώνα Ακίνητα Α.Ε.", "fteroti-chelona.example", "GR", "Property"),
    Company("株式会社見本商事", "mihon-shoji.example", "JP", "Manufacturing"),
    Company("架空工業株式会社", "kaku-kogyo.example", "JP", "Manufacturing"),
    Company("月見うさぎ運輸株式会社", "tsukimi-usagi.example", "JP", "Transport"),
    Company("喫茶「ねこのて」", "neko-no-te.example", "JP", "Café"),
    Company("株式会社タヌキ不動産", "tanuki.example", "JP", "Property"),
    Company("例題システム株式会社", "reidai.example", "JP", "Software"),
    Company("シャボン玉会計事務所", "shabondama.example", "JP", "Accounting"),
    Company("شركة المثال للبرمجيات", "al-mithal.example", "AE", "Software"),
    Company("مقهى القمر الأزرق", "al-qamar.example", "AE", "Café"),
    Company("حدائق النخلة الوهمية", "al-nakhla.example", "AE", "Gardening"),
    Company("شركة العنقاء للنقل (مثال)", "al-anqa.example", "AE", "Transport"),
)


def companies(random: Random) -> list[Company]:
    """All of them, each of its own name and domain, in an order of the generator's."""
    found = list(_WHOLE)
    for language in _LANGUAGES:
        pairs = [(word, i) for word in language.words for i in range(len(INDUSTRIES))]
        found += [_company(language, *pair, random) for pair in random.sample(pairs, language.companies)]
    random.shuffle(found)
    return found


def _company(language: _Language, word: str, industry: int, random: Random) -> Company:
    name = f"{word} {language.trades[industry]} {random.choice(language.forms)}"
    domain = names.key(name).replace(" ", "-") + ".example"
    return Company(name, domain, language.country, INDUSTRIES[industry])
