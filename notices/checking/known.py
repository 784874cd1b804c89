"""What the rules look up: laws, addresses, services, words. Data with the day they were checked.

Patterns are searched in case-folded sentences; their repetitions are bounded, so that no notice
takes long to check. Entries marked [M] come from general knowledge and are not checked against
the text of the law or the page itself (law.md).
"""

import re
from dataclasses import dataclass
from datetime import date

from notices.terms import Language

FI, SV, EN = Language.FINNISH, Language.SWEDISH, Language.ENGLISH

#: When somebody last went through the tables of this file.
CHECKED_ON = date(2026, 11, 21)


@dataclass(frozen=True)
class RepealedLaw:
    """A law that a notice must not name any more, with the number of what took its place (D01)."""

    name: str
    pattern: re.Pattern[str]
    repealed_on: date
    now: str
    checked_on: date = CHECKED_ON


REPEALED_LAWS = (
    RepealedLaw(
        "henkilötietolaki 523/1999",
        re.compile(
            r"(?:\bhenkilötietola(?!insäädän)\w{1,12}|\bpersonuppgiftslag(?!stift)\w{0,6}"
            r"|\b(?:finnish )?personal data act\b)(?:,? \(?523/1999\b\)?)?|\b523/1999\b"
        ),
        date(2019, 1, 1),  # Data Protection Act 1050/2018 s. 37
        "1050/2018",
    ),
    RepealedLaw(
        "sähköisen viestinnän tietosuojalaki 516/2004",
        re.compile(
            r"(?:\bsähköisen viestinnän tietosuojala\w{1,12}"
            r"|\blag\w{0,4} om dataskydd vid elektronisk kommunikation\b"
            r"|\bact on (?:the protection of privacy"
            r"|data protection) in electronic communications\b)(?:,? \(?516/2004\b\)?)?"
            r"|\b516/2004\b"
        ),
        date(2015, 1, 1),
        "917/2014",
    ),
    RepealedLaw(
        "tietoyhteiskuntakaari",  # the name of 917/2014 until 1.6.2018 [M]
        re.compile(
            r"\btietoyhteiskuntakaar\w{1,12}|\binformationssamhällsbalk\w{0,6}"
            r"|\binformation society code\b"
        ),
        date(2018, 6, 1),
        "917/2014",
    ),
    RepealedLaw(
        "95/46",  # repealed by GDPR art. 94
        re.compile(
            r"\b(?:direktiiv|direktiv|directive)\w{0,8} 95/46(?:/(?:ey|eg|ec))?"
            r"|\b95/46/(?:ey|eg|ec)\b|\bhenkilötietodirektiiv\w{1,8}"
        ),
        date(2018, 5, 25),
        "2016/679",
    ),
)

#: A sentence that says so itself names the law as history: it is gone, or was so once. "Korvaa"
#: alone will not do: a controller also makes good a damage.
SAYS_REPEALED = re.compile(
    r"\bkumo(?:t|si|ava|am)|\bkorvasi\b|\bkorvan(?:nut|neet)\b"
    r"|\bkorvaa (?:aie|aik|van|entis|henkilötietola)|\bseloste\w{0,8} korvaa\b"
    r"|\b(?:entis|entinen|aikaisem|aiem)\w{0,8}\b|\bvanha(?:n|a|ssa|sta)?\b|\baikana\b"
    r"|\b(?:tuli|tulivat|tullut|astui|oli) voima(?:an|ssa)\b|\balettiin\b"
    r"|\b(?:noudat|sovel|sää)\w{0,6}(?:ettiin|ttiin|dettiin)\b"
    r"|\bupphäv|\bersatte\b|\bersätter\b|\btidigare\b|\bdåvarande\b|\bförra\b|\bgamla\b"
    r"|\b(?:trädde i|var i) kraft\b|\bgällde\b"
    r"|\brepeal|\bformer(?:ly)?\b|\breplace[sd]?\b|\bprevious(?:ly)?\b|\bold\b|\bwas in force\b"
    r"|\b(?:came|entered|went) into (?:force|effect)\b|\bfounded\b|\bthen in force\b"
)

#: Where the Data Protection Ombudsman was reached before (D03). Current: notices/authority.py.
OLD_AUTHORITY = re.compile(
    r"\b(?:ratapihantie|bangårdsvägen) 9\b(?:[, ]{1,3}(?:6\. ?(?:krs|vån)\.?[, ]{1,3})?"
    r"(?:(?:pl|pb|p\.?o\.? ?box) 800[, ]{1,3})?\d{5} helsin\w{1,8})?"
    r"|\b(?:(?:pl|pb|p\.?o\.? ?box) 800[, ]{1,3})?00521 helsin\w{1,8}"
    # before 2014 [M]
    r"|\b(?:albertinkatu|albertsgatan) 25\b(?: a\b)?(?:[, ]{1,3}3\. ?(?:krs|vån)\.?)?"
    r"(?:[, ]{1,3}(?:pl|pb|p\.?o\.? ?box) 315\b)?(?:[, ]{1,3}\d{5} helsin\w{1,8})?"
    r"|\b(?:pl|pb|(?:p\.?o\.? ?)?box) 315\b(?:[, ]{1,3}\d{5} helsin\w{1,8})?"
    r"|\b00181 helsin\w{1,8}"
    r"|\b0?10 ?36 ?66 ?700\b|\b010 366 6700\b"  # its number before 2014 [M]
)
AUTHORITY_NAMED = re.compile(
    r"tietosuojavaltuut|dataombudsm|data protection ombudsm|tietosuoja@om\.fi|tietosuoja\.fi"
)

#: What nobody filled in, whatever stands around it (D02).
SURE_PLACEHOLDER = re.compile(
    r"\((?:s-?posti(?:osoite)?|sähköposti(?:osoite)?|yrityksen nimi|puhelinnumero|päivämäärä"
    r"|osoite tähän|nimi tähän|e-?postadress|företagets namn|telefonnummer|e-?mail address"
    r"|company name|phone number|insert [^()\n]{1,40}|lisää (?!tieto|aihe|luet|näi)[^()\n]{1,40}"
    r"|täydennä[^()\n]{0,40})\)"
    r"|[\[<](?:insert|lisää|täydennä|fyll i|your|yrityksen|företagets|company|name|nimi|namn"
    r"|osoite|adress|address|puhelin|telefon|phone|sähköposti|e-post|e-?mail|päivämäärä|datum|date)"
    r"\b[^\[\]<>@=\n]{0,60}[\]>]"
    r"|\{\{[^{}\n]{1,60}\}\}|\{(?:nimi|name|namn|yritys|company|företag|osoite|adress|address)\}"
    r"|(?:[\d+]{1,4})?\bx{3,}(?:[ -]x{2,4}){0,4}\b|\b[\d+]{1,4}x{2,}(?:[ -]x{2,4}){0,4}\b"
    r"|\bxx?[./]xx?[./](?:20xx|xxxx)\b|\b(?:pp|dd)[./](?:kk|mm)[./](?:vvvv|yyyy|åååå)\b"
    r"|\bmm/dd/yyyy\b|\b(?:vvvv|yyyy|åååå)-(?:kk|mm)-(?:pp|dd)\b"
    r"|\btodo\b|\btbd\b|\blorem ipsum\b|\besimerkki@|\bexempel@|\b(?:name|nimi|namn)@(?:yritys|"
    r"firma|company|företag)\w{0,6}\.\w{2,4}|\b\w{1,30}@your-?company\.\w{2,4}"
    r"|\byritys [xy] (?:oy|ky|tmi)\b|\bföretag [xy] ab\b"
    r"|\byour company(?: name)? (?:oy|ltd|inc|llc)\b"
    r"|_{3,}|\.{6,}|…{3,}"
)
#: The same in a notice; brackets elsewhere, "[alv 0 %]", are ordinary words.
PLACEHOLDER = re.compile(
    rf"{SURE_PLACEHOLDER.pattern}"
    r"|\[(?!(?:\d{1,3}|[a-z]|at|ät|miukumauku|snabel-a|dot|piste|punkt)\])[^\[\]\n]{1,80}\]"
)

#: Services and pages that are no more (D27).
DEAD_SERVICES = (
    re.compile(r"(?:https?://)?(?:www\.)?google\.com/settings/ads\S{0,40}"),
    re.compile(r"\bgoogle analytics demographics\b"),  # Universal ended 1.7.2023 [M]
    re.compile(r"\buniversal analytics\b"),
    # C-311/18 of 16.7.2020, C-362/14 of 6.10.2015
    re.compile(r"\b(?:eu[- ]u\.?s\.? )?privacy[- ]shield\w{0,10}"),
    re.compile(r"\bsafe[- ]harbou?r\w{0,10}"),
    re.compile(r"\bgoogle\+|\bgoogle plus\b"),  # ended 2.4.2019 [M]
    re.compile(r"\bec\.europa\.eu/(?:consumers/)?odr\S{0,20}"),  # ended 20.7.2025 [M]
)

#: Services of the web whose provider is outside the EU and the EEA (D16).
SERVICES_OUTSIDE = re.compile(
    r"\bgoogle (?:analytics|ads|adwords|tag manager|workspace|fonts|maps|drive)\w{0,6}"
    r"|\bfacebook[- ](?:pixel|pikseli|mainon)\w{0,8}|\bmeta[- ](?:pixel|pikseli)\w{0,6}"
    r"|\bmailchimp\w{0,6}|\bhubspot\w{0,6}|\bsalesforce\w{0,6}|\bdropbox\w{0,6}"
    r"|\blinkedin insight\w{0,6}|\bactivecampaign\w{0,6}|\bzapier\w{0,6}"
)

#: Words that leave the reader in doubt (D33; WP260 paragraph 13 [M]).
HEDGES: dict[Language, re.Pattern[str]] = {
    FI: re.compile(
        # "saattaa asian ratkaistavaksi", "oikeus saattaa" take a matter somewhere
        r"\bvoidaan\b|(?<!\bvoi )(?<!\bvoit )(?<!voivat )(?<!oikeus )\bsaatta(?:a|vat|isi)\b"
        r"(?! [^.\n]{0,60}(?:ratkaistav|käsiteltäv|tutkittav|arvioitav))"
        r"|\bsaatetaan\b|\besim\.|\besimerkiksi\b|\bmm\."
        r"|\bmuun muassa\b|\bsoveltuvi(?:n|en) osin\b|\btai vastaav\w{1,6}\b|\bmahdollisesti\b"
        r"|\btarvittaessa\b|\bpääsääntöisesti\b|\byleensä\b|\busein\b|\bvoi sisältää\b|\bym\."
        r"|\byms\.|\bjne\.|\bja niin edelleen\b"
    ),
    SV: re.compile(
        # "begäran kan göras" tells what the reader may do
        r"(?<!begäran )(?<!begäranden )(?<!klagomål )(?<!klagomålet )(?<!samtycket )"
        r"\bkan (?:även |också |eventuellt )?(?:komma att\b|\w{3,20}as\b|innehålla\b)"
        r"|\beventuellt\b|\bt\.?ex\.?(?=\s)|\btill exempel\b|\bbl\.? ?a\.|\bbland annat\b"
        r"|\bvid behov\b|\bi tillämpliga delar\b|\beller (?:liknande|motsvarande)\b|\bmöjligen\b"
        r"|\bvanligtvis\b|\bi regel\b|\bofta\b|\bosv\.|\bm\.?m\.(?=\s|$)"
    ),
    EN: re.compile(
        r"(?<!you )\bmay\b(?! \d)|\bmight\b|\bfor example\b|\be\.g\.|\bamong other things\b"
        r"|\b(?:as|where|if) applicable\b|\bwhere appropriate\b|\bif necessary\b|\bor similar\b"
        r"|\bpossibly\b|\busually\b|\bgenerally\b|\boften\b|\bsome of your\b|\betc\."
    ),
}

#: Damaged or wrong words, and what was meant (D34); "" where nobody can tell.
TYPOS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\btietosuoja(?:setu|asetu|ja-?asetu)\w{1,10}"), "tietosuoja-asetus"),
    (re.compile(r"\bulkoituskumppan\w{1,10}"), "ulkoistuskumppani"),
    (re.compile(r"\bluottihakemu\w{1,10}"), "luottohakemus"),
    (re.compile(r"\btilastollisiin tarkoitukseen\b"), "tilastollisiin tarkoituksiin"),
    (re.compile(r"\bsallimissa ja edellyttämässä rajoissa\b"), "edellyttämissä"),
    (re.compile(r"\bkatselua(?:ikat|ajat)\b"), "katseluajat"),
    (re.compile(r"\bpuhelinvaihe\b"), "puhelinvaihde"),
    (re.compile(r"\bvieraille[vm]a\w{0,5}"), "vieraileva"),
    (re.compile(r"\baihepiirited\w{1,6}"), "aihepiiritieto"),
    (re.compile(r"\bsoveltuvien osin\b"), "soveltuvin osin"),
    (re.compile(r"\brekisteröityneen henkilötie\w{1,8}"), "rekisteröidyn"),
    (re.compile(r"\batk(?::\w{1,3}|-\w{1,12})\b"), "tietokone"),
    (re.compile(r"\badb-(?:behandl|regist)\w{1,10}"), "elektronisk"),
)
#: What is left when a program replaces one word by another inside longer words: "yrityksen" by
#: "organisaation" leaves "yorganisaation" of "y-yrityksen" and the like.
DAMAGED = re.compile(
    r"\b(?!(?:osa|ala|ylä|emo|iso|eri|oma|uus|maa|lvi|pk|ei|re|dis|un|non|pre|sub|co|bio|eco)[a-z])"
    r"[a-zåäö]{1,3}(?:organisaatio|yrityks|yhdistyks|rekisterinpitäj|henkilötiet"
    r"|organi[sz]ation|company|companies|företag(?!s?am))\w{0,12}"
)
#: No Finnish, Swedish or English word has the same letter three times in a row.
TRIPLE = re.compile(
    r"\b(?!w{3}\b)(?!(?P<only>[a-zåäö])(?P=only)+\b)(?=[a-zåäö]{4})"
    r"\w{0,20}(?P<letter>[a-zåäö])(?P=letter){2}\w{0,20}"
)
#: "asiakasasiakassuhteen": a word put before itself.
DOUBLED = re.compile(r"\b(?P<stem>[a-zåäö]{5,15})(?P=stem)\w{0,20}")
#: A hyphen that was once at the end of a line: "henkilökohtai-semman".
BROKEN_WORD = re.compile(r"\b[a-zåäö]{7,25}[aeiouyäö]-[bcdfghjklmnpqrstv][a-zåäö]{3,20}\b")
#: "yritykseen- tai": a hanging hyphen after an inflected word.
HANGING = re.compile(r"\b\w{4,20}(?:seen|ssa|ssä|sta|stä|lle|lta|ltä)- (?:tai|ja|sekä)\b")

DAMAGES = (DAMAGED, TRIPLE, DOUBLED, BROKEN_WORD, HANGING)
#: Most sentences hold none of them, and one search tells.
ANY_SLIP = re.compile("|".join(p.pattern for p in (*(p for p, _meant in TYPOS), *DAMAGES)))

#: Leftovers of somebody else's template, with what would make them right (D31).
LEFTOVERS = (
    (
        re.compile(
            r"\basiakasomistaja\w{0,10}(?:- ja \w{1,20})?|\bägarkund\w{0,8}|\bcustomer-owner"
        ),
        re.compile(r"\bosuuskau|\bosuuskun|\bosk\b|\bandelslag|\bandl\b|\bco-operative|\bcooperat"),
    ),
)


@dataclass(frozen=True)
class Readability:
    """From where a text is hard to read: words in a sentence, and LIX."""

    mean_words: float
    longest_words: int
    lix: float


#: LIX = words per sentence + percentage of words over six letters. Björnsson, Läsbarhet (1968):
#: 40-50 ordinary prose, 50-60 official texts, over 60 bureaucratic, for Swedish [M]. English words
#: are about as long. Finnish ones are longer, and the same text reaches some 20 more [M].
READABILITY = {
    FI: Readability(mean_words=18, longest_words=35, lix=75),
    SV: Readability(mean_words=22, longest_words=40, lix=55),
    EN: Readability(mean_words=25, longest_words=45, lix=55),
}
#: A text of fewer words says nothing of its style.
FEWEST_WORDS = 100
