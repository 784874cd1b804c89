"""What free notes forbid: clear sentences of a no to marketing, contact, publication, surveys or
giving away, in Finnish, Swedish and English (P14, P52). No text is kept.

Only a whole sentence that can mean nothing else is a no: "ei mainoksia, kiitos". Whatever else
speaks of such a wish and says no is told, so that a person looks at it. Notes are about much else:
"ei saa jättää oven eteen" is no wish of that kind.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from register.models.words import fold

from .negation import denies, plain, without_double
from .refusals import CONTACT, DISCLOSURE, MARKETING, PROTECTED, PUBLICATION, STUDIES, Prohibited


class Heard(NamedTuple):
    """What a cell of notes forbids, and whether something in it may forbid more."""

    forbids: Prohibited = frozenset()
    is_unclear: bool = False


NOTHING: Final = Heard()

# Texts are folded before: lower case, no accents, words with single blanks between.
_LEAD = (
    r"(?:(?:asiakas|asiakkaalle|asiakkaan|asiakkaaseen|han|hanelle|haneen|hlo|henkilo|jasen"
    r"|jasenelle"
    r"|tilaaja|yhteyshenkilo|kund|kunden|kundens|hon|personen|medlem|medlemmen|the|this|customer"
    r"|client"
    r"|member|person|he|she|they|we|us|please|huom|huomio|obs|nb|note|muista|tark\w*|toive|toiveena"
    r"|on|ovat|has|have|had|har|is|ar|was|been|blivit|toivoo|toivoi|toivonut|pyysi|pyytanyt|sanoi"
    r"|sanonut|ilmoitti|ilmoittanut|soitti|bad|onskade|sade|meddelade|asked|asks|requested|requests"
    r"|said|says|told|wants|would|like|and|ja|och|att|etta|that|siis|eli|\d+) )*"
)
_TAIL = (
    r"(?: (?:kiitos|tack|please|thanks|thank you|enaa|jatkossa|ikina|koskaan|lainkaan|ollenkaan"
    r"|toistaiseksi|yhtaan|missaan (?:muodossa|tapauksessa|nimessa)|asiakkaalle|hanelle|haneen"
    r"|tanne"
    r"|meilta|teilta|langre|mer|mera|alls|nagonsin|framover|kunden|henne|honom|oss|hen|anymore"
    r"|any more|any longer|no more|again|at all|ever|in (?:the )?future|from us|to us|voimassa"
    r"|galler"
    r"|(?:to )?(?:him|her|them|me|us|this (?:customer|person|client|number))"
    r"|sahkopostilla|sahkopostitse|sahkopostiin|puhelimitse|puhelimeen|puhelimella|postitse"
    r"|postissa"
    r"|kirjeitse|tekstiviestilla|tekstiviestein|tekstiviestina|paperilla"
    r"|(?:via|per|by|med|i|pa|on|over) (?:the )?(?:e ?mail|e ?post|mejl|sms|post|posten|telefon"
    r"|phone"
    r"|mail|text|brev|papper|paper)|\d+))*"
)
#: What is sent or said to sell something.
_AD = (
    r"(?:(?:suora|sahkoposti|puhelin|tekstiviesti|sms|email|e?posti|posti|digi|joukko|direkt|tele)?"
    r"(?:mainoks(?:ia|et|ista|iin)|mainon(?:ta|taa|nan|nasta|taan)|mainosten"
    r"|mainos(?:posti|viest|kirje|puhel|soit|lehti|lehtis|tekstiviest|sahkopost)\w*|markkinoin\w*)"
    r"|markkinointi\w*|\w*uutiskir\w*|jasenkir\w*|asiakaskir\w*|tarjouksia|tarjous(?:posti|viest"
    r"|kirje)\w*"
    r"|kampanja(?:posti|viest)\w*|(?:sahko)?postitu?slist\w*|sahkopostilist\w*|massaposti\w*"
    r"|puhelinmyyn\w*|myynti(?:puhelu|soit)\w*|telemarkkin\w*|spammi\w*|roskaposti\w*"
    r"|(?:direkt|sms|e ?post|post|tele)?(?:reklam|marknadsforing)(?:en|s?utskick\w*|s?mejl|s?brev)?"
    r"|nyhetsbrev\w*|\w*utskick\w*|erbjudanden|medlemsbrev\w*|kundbrev\w*|telefonforsaljning"
    r"|(?:forsaljnings|telefonforsaljnings|salj)samtal"
    r"|(?:direct |tele|e ?mail |sms |phone )?marketing(?: (?:e ?mails?|mails?|messages?|calls?"
    r"|materials?|communications?|texts?|sms|letters?|contact|list|purposes))?"
    r"|ads|adverts?|advertising|advertisements?|news ?letters?|promos?|promotions?"
    r"|promotional (?:e ?mails?|mails?|messages?|materials?|calls?|offers?|texts?)|offers|mailings"
    r"|mailing lists?|spam|junk mail|cold calls?|sales calls?|(?:mass|bulk) (?:e ?mails?|mail))"
)
_SOME = (
    r"(?:(?:mitaan|minkaanlaista|enaa|muita|yhtaan|sellaista|any|more|further|unsolicited|nagon"
    r"|nagra"
    r"|nagot|mer|mera|flera|the|our|your|era|vara|all|kaikki|kaiken|kaikesta|all form av) )*"
)
_ADS = rf"{_SOME}{_AD}(?: (?:ja|tai|eika|eller|och|and|or|nor|&) {_SOME}{_AD})*"
_NOT = r"(?:inte|ej|icke|aldrig)"
_DO_NOT = (
    r"(?:(?:do|does|did|must|may|should|shall|can|will) ?not|dont|doesnt|didnt|cannot|never|not"
    r"|wont)"
)
_CALLS = (
    r"(?:puheluita|puheluja|soittoja|soittelua|yhteydenottoja|yhteydenottoa|tekstiviesteja|viesteja"
    r"|sahkoposteja|soitettavan|(?:etta )?(?:hanelle )?soitetaan"
    r"|(?:etta )?(?:haneen )?otetaan yhteytta"
    r"|hairityksi|tulla hairityksi)"
)
_CONTACTED = (
    r"(?:contact(?:ed|ing)?|call(?:ed|ing)?|phoned?|telephoned?|e ?mail(?:ed)?|texte?d?"
    r"|mail(?:ed)?|disturb(?:ed)?|solicit(?:ed)?|approach(?:ed)?)"
)
_DATA = (
    r"(?:(?:nimea|nimeaan|nimensa|tietoja|tietojaan|tietojensa|kuvaa|kuvia|kuvaansa|kuviaan"
    r"|kuviensa"
    r"|osoitetta|osoitettaan|numeroa|puhelinnumeroa|yhteystietoja|yhteystietojaan|namn|namnet"
    r"|adress"
    r"|uppgifter|uppgifterna|bild|bilder|foto|telefonnummer|kontaktuppgifter|her|his|their|the|any"
    r"|name|names|details|photos?|pictures?|address|number|contact|data|information|personal) )*"
)
_THEIRS = _DATA.replace(") )*", ") ?)*")
_WHERE = (
    r"(?: (?:missaan|netissa|nettiin|verkossa|verkkosivuilla|sivuilla|somessa|someen|luettelossa"
    r"|luetteloon|jasenluettelossa|jasenluetteloon|matrikkelissa|matrikkeliin|lehdessa|hakemistossa"
    r"|(?:i|pa) (?:\w+ )?(?:katalogen|matrikeln|medlemsmatrikeln|medlemslistan|natet|webben"
    r"|webbplatsen"
    r"|hemsidan|tidningen|sociala medier)|(?:in|on|to) (?:the )?(?:member )?(?:directory|website"
    r"|web"
    r"|internet|list|catalogue|social media|newsletter)|online|anywhere))*"
)
_TO_OTHERS = (
    r"(?: (?:eteenpain|kolmansille(?: osapuolille)?|ulkopuolisille|muille|kenellekaan|vidare"
    r"|at andra"
    r"|till (?:andra|tredje part|utomstaende|nagon)|(?:with|to) (?:any ?one|others|(?:any )?third"
    r" part(?:y|ies)|partners)))*"
)
_SENTENCES: Final[tuple[tuple[str, Prohibited], ...]] = (
    # --- a no to what sells
    (rf"(?:ei|ej|ingen|inga|inget|no|not|nej till|no to|ei kiitos) {_ADS}", MARKETING),
    (
        r"(?:ei|en|eivat|ettei|ettei han) (?:halua|haluta|toivo|tahdo|tilaa|salli|hyvaksy|suostu"
        r"|anna lupaa|ota vastaan|saa (?:lahettaa|postittaa|laittaa|tarjota|soittaa))"
        rf"(?: (?:vastaanottaa|saada|tilata|itselleen|hanelle|asiakkaalle))* {_ADS}",
        MARKETING,
    ),
    (
        r"(?:kielsi|kieltaa|kieltanyt|kieltavat|kieltaytyi|kieltaytyy|kieltaytynyt|vastustaa"
        rf"|kieltaytyi vastaanottamasta|estanyt) {_ADS}",
        MARKETING,
    ),
    (
        rf"{_ADS} (?:on |ar |is |are )?(?:kielletty|kielletaan|kielto|estetty|ei|ei kiitos"
        rf"|ei sallittu"
        r"|peruttu|peruutettu|nej|nej tack|ej tillatet|ej tillaten|inte tillatet|forbjude[nt]|no"
        r"|no thanks|forbidden|prohibited|not (?:allowed|permitted|wanted|accepted|ok)|declined"
        r"|refused|opted out)",
        MARKETING,
    ),
    (r"\w*(?:markkinointi|mainos|mainonta|uutiskirje|puhelinmyynti)(?:kielto|esto)", MARKETING),
    (r"\w*(?:reklam|marknadsforings)(?:forbud|sparr)", MARKETING),
    (
        r"(?:perui|perunut|peruutti|peruuttanut|peruuttaa|lopetti|lopettanut|poistui|poistunut"
        rf"|poistettu|poistetaan|poista|poistettava|eronnut) {_ADS}(?: (?:tilauksen|tilaus|luvan"
        rf"|luvat))?",
        MARKETING,
    ),
    (
        r"ei (?:saa )?(?:markkinoida|mainostaa)"
        r"|ei (?:anna |ole |antanut )*markkinointilupaa"
        rf"|ei (?:anna |ole |antanut )*lupaa {_ADS}",
        MARKETING,
    ),
    (
        r"al(?:a|kaa) (?:mainosta|mainostako|markkinoi|markkinoiko|(?:laheta|lahettako|lahetella"
        r"|postita"
        rf"|laita|tarjoa|tarjotko)(?: \w+lle)? {_ADS})",
        MARKETING,
    ),
    (
        rf"(?:vill|onskar|skall|ska|far) (?:{_NOT}|ingen|inga) (?:langre )?(?:ha|fa|ta emot|motta"
        rf"|skickas|skicka|erhalla)? ?{_ADS}",
        MARKETING,
    ),
    (
        r"(?:undanber(?: sig)?|undanbett sig|tack(?:ar|ade|at)? nej till|sagt nej till"
        r"|sager nej"
        r" till|avbojt|avbojer|avsagt sig|avsager sig|avregistrerat sig fran|avregistrerad fran"
        r"|avanmald fran|avanmalt sig fran|motsatter sig|motsatt sig|forbjudit|forbjuder"
        r"|borttagen fran"
        rf"|ta bort fran|avslutat|avbestallt) {_ADS}",
        MARKETING,
    ),
    (rf"skicka (?:{_NOT}|ingen|inga) {_ADS}|far {_NOT} marknadsforas(?: till)?", MARKETING),
    (
        rf"{_DO_NOT} (?:to )?(?:send|mail|e ?mail|post|receive|want|wish|like|accept|consent to"
        rf"|agree to"
        r"|subscribe to|add to|include in|put on)(?: (?:to (?:receive|get|have)|him|her|them"
        r"|customer"
        rf"|any))* {_ADS}",
        MARKETING,
    ),
    (rf"(?:wants?|wishes|prefers) no {_ADS}|{_DO_NOT} market(?: to)?", MARKETING),
    (
        r"(?:opted out|opts out|opt out|unsubscribed|unsubscribe)"
        rf"(?: (?:of|from)(?: all)?(?: (?:{_ADS}|e ?mails?|everything|communications?))?)?",
        MARKETING,
    ),
    (
        r"(?:objects? to|objected to|declined|declines|refused|refuses|rejected|withdrew from"
        rf"|(?:to be )?removed from|remove from|take off|no (?:consent"
        rf"|permission) (?:to|for)) {_ADS}(?: consent)?",
        MARKETING,
    ),
    # --- a no to being reached
    (
        r"ei saa (?:soittaa|soitella|kontaktoida|ottaa yhteytta|lahestya|hairita"
        r"|lahettaa (?:viesteja"
        r"|tekstiviesteja|sahkopostia|sahkoposteja|postia|mitaan))"
        r"|ei saa (?:soittaa eika|kontaktoida eika) (?:lahettaa \w+|mailata|meilata|kirjoittaa)",
        CONTACT,
    ),
    (
        r"al(?:a|kaa) (?:soita|soittako|soittele|soitelko|ota yhteytta|ottako yhteytta|kontaktoi"
        r"|kontaktoiko|hairitse|hairitko)",
        CONTACT,
    ),
    (rf"(?:ei|en|ettei) (?:halua|toivo|tahdo) (?:mitaan )?{_CALLS}", CONTACT),
    (
        r"ei (?:mitaan )?(?:puheluita|puheluja|soittoja|soittelua|yhteydenottoja|yhteydenottoa)"
        r"|(?:soitto|puhelu|yhteydenotto|kontakti)(?:kielto|esto)"
        r"|(?:kielsi|kieltaa|kieltanyt) (?:soitot|soittamisen|soittelun|puhelut|yhteydenotot)",
        CONTACT,
    ),
    (
        rf"(?:ring|kontakta|stor|mejla|maila) {_NOT}|far {_NOT} (?:ringa|ringas|ringas upp|kontakta"
        r"|kontaktas|storas|mejlas)"
        rf"|(?:vill|onskar) {_NOT} (?:bli (?:kontaktad|uppringd|ringd|stord)|kontaktas|ha (?:samtal"
        r"|telefonsamtal))|inga (?:telefon)?samtal|nix(?:ad|at|sparr|sparrad)?|kontaktforbud",
        CONTACT,
    ),
    (
        rf"(?:{_DO_NOT}|not to|{_DO_NOT} (?:want|wish|like) to) (?:be )?{_CONTACTED}"
        rf"(?: or {_CONTACTED})*|no (?:phone ?)?calls|no (?:phone )?contact|no solicitations?|dnc"
        r"|(?:on )?(?:the )?robinson(?: list)?|do not call list",
        CONTACT,
    ),
    # --- a no to surveys
    (
        r"(?:ei|ei halua|ei toivo|ei saa lahettaa) (?:mitaan )?(?:asiakas|mielipide)?(?:kyselyita"
        r"|kyselyja"
        r"|tutkimuksia)|ei halua osallistua (?:kyselyihin|tutkimuksiin|\w+kyselyihin)"
        rf"|(?:inga|vill {_NOT} ha|vill {_NOT} delta i|skicka inga) (?:enkater|undersokningar"
        rf"|kundenkater)|(?:no|{_DO_NOT} send|{_DO_NOT} want) surveys",
        STUDIES,
    ),
    # --- a no to being published
    (
        rf"ei saa {_DATA}(?:julkaista|nakya|nayttaa) ?{_THEIRS}{_WHERE}|{_DATA}ei saa (?:julkaista"
        rf"|nakya){_WHERE}"
        rf"|{_DATA}ei (?:saa )?julkaista{_WHERE}|(?:ei|ei saa laittaa"
        rf"|ei halua) {_DATA}(?:jasenluetteloon"
        r"|luetteloon|matrikkeliin|hakemistoon|jasenmatrikkeliin)|julkaisu(?:kielto|esto)"
        r"|kuvauskielto"
        rf"|ei (?:anna )?julkaisulupaa|ei halua {_DATA}(?:julkaistavan|julkisuuteen"
        rf"|nakyviin){_WHERE}"
        rf"|(?:kieltaa|kielsi|kieltanyt) {_DATA}(?:julkaisun|julkaisemisen)",
        PUBLICATION,
    ),
    (
        rf"{_DATA}far {_NOT} (?:publiceras|synas|visas|tryckas){_WHERE}|publiceringsforbud"
        rf"|publicera"
        rf" {_NOT} ?{_THEIRS}{_WHERE}|(?:vill|onskar) {_NOT} (?:synas|publiceras|vara med"
        rf"|finnas){_WHERE}"
        r"|(?:ej|inte) i (?:\w+ )?(?:katalogen|matrikeln|medlemsmatrikeln)",
        PUBLICATION,
    ),
    (
        rf"{_DO_NOT} (?:publish|print|list|show) ?{_THEIRS}{_WHERE}"
        rf"|{_DATA}{_DO_NOT} be (?:published"
        rf"|listed|shown|printed){_WHERE}|{_DO_NOT} (?:want"
        rf"|wish) (?:{_DATA})?(?:to be )?(?:published"
        rf"|listed){_WHERE}|not in (?:the )?(?:member )?directory|keep out of (?:the )?directory"
        r"|no publication|ex ?directory",
        PUBLICATION,
    ),
    # --- a no to being given away
    (
        rf"ei saa luovuttaa ?{_THEIRS}{_TO_OTHERS}|{_DATA}ei saa luovuttaa{_TO_OTHERS}"
        rf"|luovutuskielto"
        rf"|(?:kieltaa|kielsi|kieltanyt) {_DATA}(?:luovutuksen|luovuttamisen){_TO_OTHERS}",
        DISCLOSURE,
    ),
    (
        rf"{_DATA}far {_NOT} lamnas ut{_TO_OTHERS}|lamna {_NOT} ut ?{_THEIRS}{_TO_OTHERS}"
        rf"|{_DO_NOT} (?:share|disclose|sell|pass on) ?{_THEIRS}{_TO_OTHERS}",
        DISCLOSURE,
    ),
    (
        r"(?:on )?turvakielto|turvakiellon alainen|(?:salainen|salaiset) (?:puhelin)?(?:numero"
        r"|osoite"
        r"|yhteystiedot)|skydda(?:d|de) (?:identitet|adress|personuppgifter)|sekretessmarkera[dt]"
        r"|hemligt? (?:telefon)?(?:nummer|adress)|protected (?:identity|address)",
        PROTECTED,
    ),
)
_KINDS: Final = {
    "marketing": MARKETING,
    "contact": CONTACT,
    "studies": STUDIES,
    "publication": PUBLICATION,
    "disclosure": DISCLOSURE,
    "protected": PROTECTED,
}
#: The group that matches is the kind of the no.
_CLEAR = re.compile(
    f"{_LEAD}(?:"
    + "|".join(
        f"(?P<{name}>{'|'.join(one for one, kind in _SENTENCES if kind == forbids)})"
        for name, forbids in _KINDS.items()
    )
    + f"){_TAIL}"
)
#: A sentence without any of these is about nothing of the kind: asked of it before anything else,
#: for nearly all notes are about something else.
_STEMS = tuple(
    """
    mainon mainok mainos markkin uutiskir jasenkir asiakaskir tarjouks tarjousp tarjousv tarjousk
    kampanja postitu listal massapost puhelinmy myyntipuh myyntisoi telemark spam roskapost soit
    puhelu puhelim yhteyd yhteyt kontakt lahes hairi laheta lahett viest sahkoposti kysely tutkim
    julkais julkis nakya nayttaa luettelo matrik hakemisto luovut turvakiel salai kuvaus
    reklam marknads nyhetsbr utskick erbjud medlemsbr kundbr forsalj saljsamtal samtal ring kontakta
    stor mejl maila skick enkat undersok publi synas visas tryckas finnas katalog
    lamna skydda sekret hemlig nix
    market ads advert newsletter letter promo offers mail call contact phone text
    sms solicit disturb approach survey directory list share disclos sell pass protected dnc
    robinson opt unsub print show
    """.split()
)
_MAY_SAY_NO = re.compile(
    r"\be[ijn]\b|\bei|ettei|kiel|\bal(?:a|kaa)\b|esto\b|peru|poist|vastust|lopet|salai|\bero"
    r"|\binte\b|icke|\bing(?:a|en|et)\b|nej\b|aldrig|forb|sparr|undan|avb|avs|avreg|avan|mots"
    r"|skydd|sekret|hemlig|nix|bort"
    r"|\bno\b|not\b|n['’]?t\b|never|opt|unsub|object|declin|refus|reject|withdr|remov|take off|dnc"
    r"|robinson|directory|protect"
)
#: What a wish of this kind is about, wherever it stands.
_TOPIC = re.compile(
    r"mainon|mainok|mainost|mainospost|markkinoi|uutiskirj|julkais|julkisuu|luovut|luetteloon"
    r"|matrik"
    r"|postituslist|puhelinmyy|kysely|reklam|marknadsf|nyhetsbrev|utskick|publi[cs]|lamna\w* ut"
    r"|enkat|newsletter|marketing|advert|\bads\b|promo|disclos|survey|mailing|telemark|directory"
)
#: Somebody is not to be reached: words of forbidding, and of reaching.
_FORBIDDING = re.compile(
    r"\b(?:ei saa|ei halua|ei toivo|ei tahdo|ettei|al(?:a|kaa)|kiel\w+|(?:far|vill"
    r"|onskar) (?:inte|ej)"
    r"|(?:ring|kontakta|skicka|mejla|stor) (?:inte|ej)|undanb\w+|forb[ju]\w+|never|dont|doesnt"
    r"|(?:do|does|must|may|should) not|no (?:more )?(?:calls|e ?mails?|texts|messages))\b"
)
_REACHING = re.compile(
    r"\bsoit|puhelu|yhteydeno|yhteytta|kontakt|lahett|laheta|viest|sahkopost|\bring|\bsamtal|mejl"
    r"|\bmail"
    r"|\be ?mail|\bcall|contact|phone|\btext|\bsms\b|skick"
)
#: Doors and parcels: what is left where, and which bell is not to be rung.
_DELIVERY = re.compile(
    r"\bov(?:i|en|ea|ella|elle|een)\b|ovikel|summeri|\bkello|port(?:ti|in|tia)\b|avai[mn]|koira"
    r"|laatik|luuk|pakett|toimitu|\bjat|piha|rapu|kuljet|dorr|klocka|nyckel|hund|paket|leverans"
    r"|brevlad|door|\bbell\b|gate|\bdog|parcel|package|deliver|leave|\bkeys?\b|knock|letter ?box"
)
_ENDS = re.compile(r"[.!?;,\n\r|()\[\]/]+|\s[-–—]+\s|\s[-–—]|:::")
_WORDS = re.compile(r"[^\W_]+|&")
#: No cell of notes is read further, and no sentence of more letters is a clear one.
_LONGEST, _LONGEST_SENTENCE = 4000, 120


def heard_in(cell: str) -> Heard:
    """What `cell`, free text, forbids, and whether something more in it may."""
    text = fold(cell)
    return _read(text) if _is_about_wishes(text) else NOTHING


def _is_about_wishes(text: str) -> bool:
    return any(stem in text for stem in _STEMS) and _MAY_SAY_NO.search(text) is not None


@lru_cache(1024)
def _read(folded: str) -> Heard:
    forbids: Prohibited = frozenset()
    is_unclear = len(folded) > _LONGEST
    for sentence in _ENDS.split(folded[:_LONGEST]):
        if not _is_about_wishes(sentence):
            continue
        text = _as_words(sentence)
        # "Toive: ei mainoksia" says the same as what follows the colon
        found = _clear(text) or _clear(_as_words(sentence.partition(":")[2]))
        forbids = forbids | found
        is_unclear = is_unclear or (not found and _may_forbid(text))
    return Heard(forbids, is_unclear)


def _as_words(sentence: str) -> str:
    return without_double(" ".join(_WORDS.findall(plain(sentence))))


def _clear(text: str) -> Prohibited:
    if not text or len(text) > _LONGEST_SENTENCE:
        return frozenset()
    found = _CLEAR.fullmatch(text)
    return _KINDS[found.lastgroup or ""] if found else frozenset()


def _may_forbid(text: str) -> bool:
    if _TOPIC.search(text) and denies(text):
        return True
    return bool(_FORBIDDING.search(text) and _REACHING.search(text) and not _DELIVERY.search(text))
