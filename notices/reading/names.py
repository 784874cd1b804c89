"""Who is meant: the names of firms, and the countries outside the EU and the EEA (P12, P29)."""

import re

from notices.terms import RecipientKind

FORM = (
    r"(?:Oyj|OYJ|Oy|OY|Abp|Ab|AB|Ky|KY|Kb|ry|rf|Osk|Tmi|Ltd|Inc|LLC|GmbH|AS|A/S|Corp|PLC|B\.V|BV)\b"
    r"(?:(?<=Inc)\.)?"
)
WORD = r"(?:[A-ZÅÄÖ0-9][\w'.-]{0,30}|&|ja|och|and|e[A-Z]\w{1,20})"
COMPANY = re.compile(
    rf"(?<!\w)(?:(?:Oy|Ab)\s+)?(?!(?:Oy|OY|Ab|AB|Ky|KY)\b)(?:[A-ZÅÄÖ]|e(?=[A-Z]))[\w'.-]{{0,30}}"
    rf"(?:\s{WORD}){{0,4}}?\s{FORM}(?:\s(?:Ab|Oy)\b)?"
)
IN_BRACKETS = re.compile(r"\((?:esim\.? |kuten |t\.ex\. |e\.g\. )?([A-ZÅÄÖ][\w&'.+ -]{1,60})\)")
AFTER_COLON = re.compile(r"^[^:]{3,50}:\s([A-ZÅÄÖ][\w&'.-]*(?:\s[A-ZÅÄÖ&][\w&'.-]*){0,4})\.?$")
# A sentence begins with a capital that belongs to no name: "Kirjanpitäjämme Tilipaja Kuura Oy".
COMMON = re.compile(
    r"^(?:[A-ZÅÄÖ][a-zåäö]+(?:mme|nsa|nsä|llemme|lle|sta|stä|lta|ltä|vår|our|jämme|ina)|"
    r"Our|Vår|Vårt|Våra|Yhtiö|Kirjanpito|The|Kuljetus|Kuljetusyhtiö|Kuljetusliike|Maksupalvelu|Bokföringsbyrån)\s+"
)

#: Services that small firms name without saying what they do; and what they do.
SERVICES: dict[RecipientKind, str] = {
    RecipientKind.SERVICE_PROVIDER: (
        r"Posti(?!a|ssa|sta)|Matkahuol(?:to|lon|lolle)|DHL|UPS|GLS|FedEx|PostNord|DB Schenker"
        r"|Budbee|Klarna|Paytrail|Stripe|PayPal|MobilePay|Svea (?:Payments|Bank)|Walley|Zettle"
        r"|SumUp|Nets|Checkout Finland|Mailchimp|MailerLite|Brevo|Sendinblue|Creamailer"
        r"|ActiveCampaign|Holvi|Timma"
        r"|Trustpilot|Calendly"
    ),
    RecipientKind.PARTNER: (
        r"Google (?:Workspace|Drive|Cloud|Calendar|Forms)|Microsoft(?: 365| Azure| Office)?|Azure"
        r"|Amazon Web Services|AWS|Shopify|WooCommerce|WordPress\.com|Wix|Squarespace|MyCashflow"
        r"|HubSpot|Zoho|Pipedrive|Salesforce|Dropbox|Zoom|Slack|Trello|Pixieset|Booking\.com"
        r"|Webflow|Cloudflare|Airtable|Notion"
    ),
    RecipientKind.ACCOUNTING: r"Netvisor|Procountor|Fennoa|Visma|Fortnox",
    RecipientKind.ANALYTICS: r"Google Analytics|Matomo|Hotjar|Meta|Facebook",
}
# Finnish bends a name: "Shopifyn", "Mailchimpin", "MailerLitestä", "Stripe-palvelu".
BENT = r"(?:(?:i?(?:n|ssa|ssä|sta|stä|lla|llä|lle|a|ä))?|:\w{1,3})\b"
_SERVICES = [(kind, re.compile(rf"(?<!\w)({p}){BENT}")) for kind, p in SERVICES.items()]

COUNTRIES = {
    "US": r"yhdysval|\busa\b|\bu\.s\.|united states|förenta stat|\bamerik",
    "GB": r"iso(?:ssa|on|sta)?-?britan|yhdistyn\w{1,8} kuning|storbritan|united kingdom|\buk\b"
    r"|great britain",
    "CH": r"sveits|schweiz|switzerland",
    "CA": r"\bkanada|canada",
    "JP": r"japan",
    "IN": r"\binti(?:a|aan|assa|asta)\b|\bindien|\bindia\b",
    "AU": r"australi",
    "IL": r"israel",
    "NZ": r"uusi-seelan|uuteen-seelan|uudessa-seelan|nya zeeland|new zealand",
    "KR": r"etelä-korea|sydkorea|south korea",
    "CN": r"\bkiina|\bkina\b|\bchina\b",
    "RU": r"venäj|ryssland|russia",
    "TR": r"\bturk(?:ki|in|issa|iin|iet|ey)|türkiye",
    "UA": r"ukrain",
    "SG": r"singapor",
    "PH": r"filippiin|filippinerna|philippines",
    "BR": r"brasili|brazil",
    "ZA": r"etelä-afrik|sydafrik|south africa",
}
_COUNTRIES = [(code, re.compile(pattern)) for code, pattern in COUNTRIES.items()]


def companies_in(words: str) -> list[tuple[str, int]]:
    """The firms that a sentence names, and where in it each stands."""
    found = []
    for company in COMPANY.finditer(words):
        name = company[0]
        while common := COMMON.match(name):
            name = name[common.end() :]
        found.append((" ".join(name.rstrip(" ,;").split()), company.end() - len(name)))
    return found


def services_in(words: str) -> list[tuple[RecipientKind, str]]:
    """The well-known services that a sentence names, and what they do, in its order."""
    found = sorted(
        (service.start(), kind, service[1])
        for kind, pattern in _SERVICES
        for service in pattern.finditer(words)
    )
    return [(kind, name) for _at, kind, name in found]


def name_beside(words: str) -> str:
    """The one name in brackets or after the colon: "Kuljetus: Pikapeura", "(Pikapeura)"."""
    names = IN_BRACKETS.findall(words) or AFTER_COLON.findall(words)
    return names[0].strip() if len(names) == 1 else ""


def place_of_country(folded: str, code: str) -> int:
    """Where in case-folded words the country `code` is named; -1 where it is not."""
    found = next((pattern.search(folded) for one, pattern in _COUNTRIES if one == code), None)
    return found.start() if found else -1


def countries_in(folded: str) -> list[str]:
    """The codes of the countries outside the EEA that case-folded words name."""
    return [code for code, pattern in _COUNTRIES if pattern.search(folded)]
