"""What the headings of columns mean, in Finnish, Swedish and English, of the systems that people
come from and of lists that people make."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from notices.terms import Language

from .refusals import Refusal, refusal_of
from .rows import MOST_COLUMNS
from .targets import POSTAL, Target, target_of


class Meaning(NamedTuple):
    """What a heading says: the target, whose or which one it is ("billing", "home", "mobile"), and
    how far down the choice among several candidates it stands (0 is best)."""

    target: Target
    group: str = ""
    rank: int = 0
    refusal: Refusal | None = None


_NAMES = {
    Target.GIVEN_NAME: """
        etunimi etunimet enimi kutsumanimi asiakkaanetunimi fornamn tilltalsnamn forstanamn
        firstname givenname givennames forename fname first given nfirst ngiven
    """,
    Target.MIDDLE_NAME: "toinennimi middlename additionalname mellannamn nadditional",
    Target.FAMILY_NAME: """
        sukunimi snimi asiakkaansukunimi efternamn familjenamn slaktnamn
        lastname familyname surname lname last nfamily
    """,
    Target.FULL_NAME: """
        nimi kokonimi taydellinennimi henkilonnimi asiakkaannimi asiakasnimi asiakas
         laskunkumppaninnayttonimi
         jasen jasenennimi kumppaninnimi tilannut bestalldav orderedby
        jasenet sukunimietunimi etunimisukunimi sukunimijaetunimi etunimijasukunimi sukunimietunimet
        etujasukunimi sukujaetunimi etusukunimi sukuetunimi firmanimi yritysnimietunimi
        nimisukunimietunimi nimietunimisukunimi vastaanottaja laskunsaaja saaja tilaaja ostaja
        laskutettava maksaja nayttonimi
        namn helanamn fullstandigtnamn kund kundnamn kundensnamn medlem medlemsnamn mottagare kopare
        fornamnefternamn efternamnfornamn fornamnochefternamn efternamnochfornamn forochefternamn
        visningsnamn
        name fullname displayname customer customername clientname client member membername contact
        contactname recipient buyer fn personname companyorname
        invoicepartnerdisplayname
    """,
    Target.CONTACT_PERSON: """
        yhteyshenkilo yhteyshenkilot yhteyshenkilonnimi yhteyshlo yhthlo yhthenkilo kontaktihenkilo
        kontaktperson kontakt kontaktpersonnamn kontaktpersonensnamn contactperson
        contactpersonname primarycontact attention attn
    """,
    Target.ORGANISATION: """
        organisaatio yritys yrityksennimi yritysnimi toiminimi yhtio firma yhteiso yhdistys
        tyonantaja organisaationnimi organisaationimi organisationnamn yhdistyksennimi
        organisation foretag foretagsnamn foretagetsnamn bolag firmanamn forening foreningensnamn
        company companyname organization organizationname organisationname business businessname
        associatedcompany org employer employercompany account accountname
    """,
    Target.EMAIL: """
        sahkopostios sahkposti mailadress
        email emailaddress emailaddresses mail mailaddress epost epostadress
        epostaddress emailosoite
        sahkop sahkopos sahkoposti sahkopostiosoite sahkopostiosoitteet spostiosoite sposti maili
        meili emailvalue
        eposti mejl mejladress posti emailhome emailwork emailpersonal ensisijainensahkoposti
        emailid useremail sahkopostitaiosoite customeremail contactemail sahkopostilaskutus
    """,
    Target.PHONE: """
        mob mobtel mobnumero telmobil
        puhelin puhelinnumero puh puhnumero pnumero gsm gsmnumero matkapuhelin matkapuh matkap
        matkapuhelinnumero kannykka kannykkanumero mobiili tekstiviestinumero
        telefon telefonnummer tel telnumero tfn tfnnummer mobil mobilnummer mobiltelefon
        mobiltelefonnummer mobiltfn
        phone phonenumber phoneno telephone telephonenumber telephoneno mobile mobilephone
        mobilephonenumber mobilenumber mobileno cell cellphone cellular cellphonenumber phonevalue
        mobiltel smsphonenumber sms mainphone yhteyspuhelin yhteyspuhelinnumero yhteysnumero
        contactnumber contactphone contactphonenumber kontakttelefon
    """,
    Target.STREET: """
        lahios lahiosoitepl osoitteen1rivi
        lahiosoite losoite katuosoite katuos katu postilahiosoite osoiterivi osoiterivi1
        katuosoite1 osoite1
        jakeluosoite kayntiosoite lahiosoite1
        gatuadress gata adressrad adressrad1 utdelningsadress gatuadress1 besoksadress adress1
        street streetaddress streetname address1 addressline1 addressline street1 streetaddress1
        addressstreet addressstreet1 addressaddress1 streetline1 addr1 address1street adrstreet
        streetaddressline streetaddressline1 address12
        billingaddressline1
    """,
    Target.STREET_2: """
        osoitteen2rivi address3 osoite3 katu2 katu3 gata2 gata3
        lahiosoite2 katuosoite2 osoite2 osoiterivi2 adressrad2 adress2 streetaddressline2
        address2 addressline2 street2 street3 streetaddress2 addressstreet2 addressextendedaddress
        addressaddress2 streetline2 addr2 apartment adrstreet2
    """,
    Target.CARE_OF: "co coadress coosoite coaddress conimi conamn careof",
    Target.POSTCODE: """
        zippostal zipcodepostal
        postinumero postinum pnumerot pnro pno postnro ponro postikoodi
        postnummer postnr
        postcode postalcode zip zipcode zippostalcode postcodezip adrpostcode
        zippostcode ziporpostalcode
        postalcodezip addresspostalcode addresszip zipcodepostalcode postzipcode
    """,
    Target.CITY: """
        asuinkunta asuinpaikkakunta
        postitoimipaikka ptoimipaikka ptoimipaik postitmp postitoimip ptmp postitp toimipaikka
        kaupunki
        paikkakunta paikka kunta kotikunta kotipaikka ptp
        kaupunkikunta
        kuntakaupunki postitoimi
        postort ort stad postanstalt hemort kommun bostadsort
        city town locality suburb posttown addresscity citytown towncity adrcity
    """,
    Target.ADDRESS: """
        postinrojatmp pnrojatmp postinrotmp
        postios pnrojapaikka pnropaikka postnrort pnrojakaupunki pnrokaupunki pnrojapaikkakunta
        osoite postiosoite taysiosoite osoitetiedot postinumerojapostitoimipaikka
        pnojaptp pnoptp pnojapostitoimipaikka pnopostitoimipaikka pnotoimipaikka
        postinrojatoimipaikka postinrojapostitoimipaikka postinrotoimipaikka
        postinropostitoimipaikka postinroptp postinumeroptp
        postinumeroja postinumerotoimipaikka postinumeropostitoimipaikka
        postinumerojakaupunki postinumerojapaikkakunta postinumerokaupunki
        adress postadress postnummerochort postnummerort postnrochort postnummerpostort
        address postaladdress mailingaddress fulladdress addressformatted zipcity postcodecity
        postalcodecity citystatezip adr
    """,
    Target.COUNTRY: """
        maa maakoodi maatunnus asuinmaa maannimi
        land landskod landkod
        country countrycode countryregion countryname addresscountry countrycodeiso regioncountry
        maaalue maataialue landellerregion countryorregion landregion
        addresscountrycode isocountrycode adrcountry
    """,
    Target.WEBSITE: """
        wwwsivu wwwsivut websivu internetosoite
        kotisivu kotisivut verkkosivu verkkosivut verkkosivusto nettisivu nettisivut wwwosoite www
        verkkosivunosoite webosoite kotisivunosoite
        webbplats hemsida webbsida hemsidor webbadress
        website websiteurl webpage homepage url web websitevalue siteurl companywebsite
        websiteaddress
    """,
    Target.IP_ADDRESS: "ip ipaddress ipnumber ipnumero iposoite ipadress optinip ipadr customerip "
    "customeripaddress signupip",
    Target.IP_SEEN_ON: "optintime ipdate ipseenon ipnumeronpaiva iposoitteenpaiva ipdatum "
    "signuptime "
    "ippvm ippaiva ipaddressdate",
    Target.BUSINESS_ID: """
        momsregnummer vat
        ytunnus yritystunnus alvtunnus alvnumero yhteisotunnus liikejayhteisotunnus fonummer orgnr
        organisationsnummer orgnummer foretagsnummer ytunnusbusinessid ytunnusfonummer businessid
        companyid vatid vatnumber vatno taxid
        businessidentitycode ytunnusvattunnus vattunnus
    """,
    Target.EINVOICE_ADDRESS: """
        verkkolaskuos verkkolaskuosoite verkkolaskutusosoite verkkolaskutunnus
        verkkolaskuosoiteovt ovttunnus ovt
        efakturaadress ovtkod ovtnumero efakturanummer
        einvoiceaddress einvoicingaddress einvoiceid eaddress
    """,
    Target.EINVOICE_OPERATOR: """
        verkkolaskuoperaattori verkkolaskuoperaattorintunnus verkkolaskujenvalittaja
        verkkolaskuvalittaja verkkolaskunvalittaja valittaja valittajatunnus valittajantunnus
        operaattoritunnus verkkolaskuoperaattoritunnus valittajantunnusoperaattori
        efakturaoperator formedlarkod formedlare operatorskod
        einvoiceoperator einvoicingoperator einvoiceoperatorid intermediator intermediatorid
    """,
    Target.REFERENCE_NUMBER: """
        viitenumero vakioviite kiinteaviite asiakkaanviitenumero referensnummer referencenumber
    """,
    Target.LANGUAGE: """
        kielikoodi languagecode kommunikationssprak kieli aidinkieli asiointikieli kirjeidenkieli
        yhteydenpitokieli asiakkaankieli sprak modersmal kontaktsprak kundsprak language lang locale
        preferredlanguage customerlanguage contactlanguage
    """,
    Target.LABELS: """
        tags tag tagit tagi tunnisteet avainsanat labels label groupmembership groups group luokat
        ryhmat ryhma ryhmajasenyys asiakasryhma asiakasryhmat jasenryhma jasenryhmat etiketter
        etikett taggar kategorier grupper grupp gruppmedlemskap kundgrupp kundgrupper
        categories customertags customergroup customergroups contacttags segment segments segmentit
    """,
    Target.NOTES: """
        muistiinpano muistiinpanot muistio huomautus huomautukset huomautuksia huomio huomiot huom
        huomioitavaa lisatieto lisatiedot lisatietoja lisatietoa lisainfo kommentti kommentit
        kommentteja vapaateksti vapaakentta muuta muuttiedot muutatietoa muistettavaa merkinnat
        merkinta merkintoja sisainenhuomautus sisainenkommentti asiakasmuistiinpanot info
        anteckning anteckningar notering noteringar anmarkning anmarkningar kommentar kommentarer
        ovrigt ovriginformation ovrigauppgifter tillaggsuppgifter tillaggsinformation fritext
        interkommentar internkommentar kundanteckning kundanteckningar
        note notes comment comments remark remarks memo memos freetext additionalinformation
        additionalinfo furtherinformation otherinformation customernote customernotes internalnote
        internalnotes ordernote ordernotes customercomment customercomments contactnotes
    """,
    Target.CUSTOMER_TYPE: "kind asiakastyyppi asiakaslaji henkilotaiyritys kundtyp customertype "
    "clienttype tyyppi contacttype jasentyyppi yritysvaihenkilo",
    Target.ORDER_NUMBER: """
        tilausnumero tilaus tilauksennumero tilaustunnus
        toimeksianto
        toimeksiantonumero sopimusnumero
        ordernummer order bestallningsnummer bestnummer bestallning
        ordernumber orderid ordername ordernumberid
    """,
    Target.ORDERED_ON: """
        tilauspaiva tilattu tilattupvm tilausaika tilauksenpaiva ostopaiva
        orderdatum bestallningsdatum bestdatum bestalld
        orderdate orderedon dateordered ordered datecreated purchasedate orderplaced orderedat
        orderdatetime
    """,
    Target.DELIVERED_ON: """
        levereradden
        toimituspaiva toimitettu toimitettupvm toimitusaika
        leveransdatum levererad leveranspaiva levereratdatum levereraddatum
        deliverydate delivered deliveredon deliveredat datedelivered fulfilledat completeddate
        dateofdelivery
    """,
    Target.CANCELLED_ON: """
        peruttu peruttupvm peruutuspaiva peruutettu peruutettupvm peruttupaiva palautettu
        palautuspaiva annullerad annulleringsdatum avbestalld avbestallningsdatum
        cancelledat canceledat cancelledon canceledon cancelled canceled cancellationdate
        cancelleddate cancelationdate datecancelled
    """,
    Target.DESCRIPTION: """
        tuotekuvaus tuotepalvelu tuotetaipalvelu palvelu tjanst produkttjanst service productservice
        tuote tuotenimi tuotteennimi kuvaus nimike tuotteet rivinkuvaus tilausrivi selite rivi
        produkt produktnamn beskrivning benamning artikel vara artikelnamn
        product productname item itemname description lineitemname lineitem items lineitems
        orderline itemdescription productnamemain
    """,
    Target.QUANTITY: """
        maarakpl kappalemaara lkm antalst productqty productquantity itemqty orderedqty
        maara kpl lukumaara kappaletta kplmaara tilattumaara antal mangd kvantitet
        quantity qty lineitemquantity itemquantity units quantityrefund count
    """,
    Target.UNIT_PRICE: """
        verollinenhinta productprice hintakpl hintaperkpl prisst
        hinta yksikkohinta ykshinta ahinta kappalehinta kplhinta pris styckpris apris enhetspris
        price unitprice lineitemprice itemcost itemprice rate priceeach
    """,
    Target.ORDER_STATUS: """
        tilauksentila tilaustila tilausstatus tilauksenstatus orderstatus
        bestallningsstatus
    """,
    Target.INVOICE_NUMBER: """
        laskunumero laskunnumero lasku laskuntunnus
        fakturanummer faktura faktnr
        invoicenumber invnumber invoiceid invoice
    """,
    Target.INVOICED_ON: """
        laskpaiva
        laskupaiva laskunpaiva paivays laskunpaivays laskutuspaiva laskutettupvm
        fakturadatum fakturansdatum faktureringsdatum
        invoicedate invdate invoicedon dateofinvoice issuedate issuedon dateissued billingdate
        invoiceissuedate invoicebilldate billdate
    """,
    Target.DUE_ON: """
        erapaiva erap laskunerapaiva maksupaivaviimeistaan
        forfallodatum forfdatum forfaller
        invoicedatedue duedate dueon due paymentdue dateofexpiry invoiceduedate paymentduedate
    """,
    Target.AMOUNT: """
        verollinenyhteensa
        summa loppusumma laskunsumma kokonaissumma yhteensa yht laskunloppusumma verollinensumma
        maksettava maksettavaa maksettavayhteensa brutto
        verollinen bruttosumma summaeur summaeuro laskutettueur laskutettu summaalv yhteensaeur
        belopp summaeuros totalbelopp totalt slutsumma fakturabelopp bruttobelopp attbetala
        amount total totaldue totalamount invoiceamount invoicetotal grandtotal sum gross
        grossamount
        amounteur totaleur amounttotal amounttotalsigned totalsigned
    """,
    Target.CURRENCY: """
        valuutta valuuttakoodi laskunvaluutta rahayksikko valuta valutakod fakturavaluta
        currency currencycode invoicecurrency ordercurrency
    """,
    Target.PAID_ON: """
        maksupaiva maksettupaiva suorituspaiva suoritettupaiva maksunpaiva
        betaldatum betdatum betalningsdatum betalddatum betaldden
        paidon paymentdate datepaid paiddate paidat dateofpayment
    """,
    Target.PAID_AMOUNT: """
        maksettusumma maksettueur maksettueuro maksettumaara maksettuyhteensa suoritettusumma
        suorituksensumma suoritettueur suoritukset maksut
        betaltbelopp inbetalt betalteur inbetaltbelopp
        paidamount amountpaid totalpaid paymentamount paideur paidtotal paymentsum
    """,
    Target.PAID: """
        maksettu maksutila maksuntila suoritettu
        betald betalt betalningsstatus betald
        paid ispaid paymentstatus paymentstate financialstatus
    """,
    Target.INVOICE_STATUS: """
        laskuntila laskutila laskunstatus laskustatus fakturastatus fakturansstatus invoicestatus
    """,
    Target.INVOICE_CANCELLED: """
        hyvitetty mitatoity luottotappio hyvityspaiva mitatointipaiva krediterad makulerad avskriven
        kreditlasku hyvityslasku credited creditedon void voided voidedat writtenoff
    """,
    Target.OPEN_AMOUNT: """
        avoinnaolevasumma avoinmaara openbalance remaining remainingamount amountremaining
        residual amountresidual residualamount amountresidualsigned
        avoinsumma avoinna avoin maksamatta jaljella saldo avoinnaeur avoinsaldo
        open kvarstar kvarstaende oppetbelopp obetalt restbelopp kvar kvarattbetala
        amountdue balance balancedue openamount outstanding unpaid opensum outstandingamount
        outstandingbalance
    """,
}

#: What the last part of a heading is called in many ways: a number, a day.
_ENDINGS = (
    (re.compile(r"(?<=..)(?:nummer|number|num|nro|nr|no)$"), "numero"),
    (re.compile(r"(?<=..)(?:paivamaara|pvm|pva|pv|datum|dag|date|day)$"), "paiva"),
)


def _spelt_out(key: str) -> str:
    """`key` with its last part as it stands in `MEANINGS`: "laskunro", "eräpvm"."""
    for ending, word in _ENDINGS:
        key = ending.sub(word, key)
    return key


_EXACTLY = {key: target for target, keys in _NAMES.items() for key in keys.split()}
_SPELT_OUT = {_spelt_out(key): target for key, target in reversed(_EXACTLY.items())} | _EXACTLY


def _target_of(key: str) -> Target | None:
    return _EXACTLY.get(key) or _SPELT_OUT.get(_spelt_out(key))


#: Never what their words seem to say: another person's, a mark of the system, or a fax.
_OTHERS = frozenset(
    _spelt_out(key)
    for key in """
    username usernamn kayttajanimi kayttajatunnus nickname lempinimi asiakasnro asiakasnumero
    asiakastunnus kundnummer kundnr customerid customernumber customerno jasennumero jasennro
    medlemsnummer medlemsnr memberid contactid recordid contactowner owner contactownername
    emaildisplayname email2displayname email3displayname emailtype emaillabel phonetype phonelabel
    addresstype addresslabel websitetype websitelabel organizationtype organizationtitle
    organizationdepartment phoneticgivenname phoneticfamilyname phoneticfirstname phoneticlastname
    fileas managersname assistantsname assistantsphone spouse children callback telex ttytddphone
    radiophone pager isdn createdate datecreated emailclient contactownersemail
    taxnumber phonesource addresspobox addressregion provincecode province region state maakunta
    laani emaildomain lastmodified lastactivitydate relationshipname henkilotunnus hetu
    personnummer sotu syntymaaika birthday linenumero rivinumero laskutyyppi osavaltio
    """.split()
)

#: Whose or which one: word of the heading -> group. The order of `GROUPS` is the order of choice.
_GROUP_WORDS = {
    "default": "main",
    "primary": "main",
    "ensisijainen": "main",
    "oletus": "main",
    "main": "main",
    "paa": "main",
    "mailing": "main",
    "po": "main",
    "mobile": "mobile",
    "matka": "mobile",
    "gsm": "mobile",
    "cell": "mobile",
    "billing": "billing",
    "bill": "billing",
    "laskutus": "billing",
    "lasku": "billing",
    "laskun": "billing",
    "faktura": "billing",
    "fakturerings": "billing",
    "invoice": "billing",
    "invoicing": "billing",
    "posti": "billing",
    "home": "home",
    "koti": "home",
    "hem": "home",
    "personal": "home",
    "private": "home",
    "yksityinen": "home",
    "work": "work",
    "business": "work",
    "tyo": "work",
    "tyopaikan": "work",
    "tyopaikka": "work",
    "yritys": "work",
    "yrityksen": "work",
    "arbete": "work",
    "arbets": "work",
    "foretag": "work",
    "company": "work",
    "shipping": "shipping",
    "ship": "shipping",
    "delivery": "shipping",
    "toimitus": "shipping",
    "leverans": "shipping",
    "visiting": "visiting",
    "kaynti": "visiting",
    "besoks": "visiting",
    "sa": "visiting",
    "other": "other",
    "muu": "other",
    "ovrig": "other",
    "secondary": "other",
    "toinen": "other",
    "vaihtoehtoinen": "other",
    "alternative": "other",
    "alternate": "other",
    "confirm": "other",
    "yhteyshenkilon": "contact",
    "yhteyshenkilo": "contact",
    "yhteyshlo": "contact",
    "yhteyshlon": "contact",
    "kontaktihenkilon": "contact",
    "kontaktpersonens": "contact",
    "kontaktperson": "contact",
    "kontakt": "contact",
    "kontaktens": "contact",
    "contactperson": "contact",
    "contactpersons": "contact",
}
GROUPS = (
    *("mobile", "", "main", "billing", "work", "home", "shipping", "visiting", "contact", "other"),
)
#: Say nothing: parts of a heading that may be left out.
_NOISE = frozenset(
    """
    value customer asiakkaan asiakas kundens kund contact yhteystiedot jasenen jasen medlemmens
    your oma sinun pakollinen required obligatorisk valinnainen optional address osoite adress field
    eur euroa euro the a ja och and henkilon person tilaajan ostajan vastaanottajan laskunsaajan
    maksajan recipient buyer
    """.split()
)
#: What a mobile phone is called: such a number comes before others.
_MOBILE = re.compile(r"mobil|matkapuhelin|kannykka|gsm|cell|tekstiviesti|sms")
#: How a sum is told to hold the tax, or to be without it.
_WITH_TAX = re.compile(
    r"\b(?:sis(?:altaa|altaen)?|incl?|inkl?|including|includes)"
    r" (?:alv\w?|vat|moms|tax(?:es)?|verot?)\b"
)
_WITHOUT_TAX = re.compile(
    r"\b(?:ilman|excl?|exkl?|excluding|ex|utan|before) (?:alv\w{0,2}|vat|moms|tax(?:es)?|veroa)\b"
    r"|\b(?:alv|vat|moms) 0\b|\bveroton|\bnett?o"
)
#: Google's "Phone 1 - Value" and "Phone 1 - Type": the one is the number, the other says which.
_VALUE = re.compile(r"(?<=\d) (?:value|arvo|varde)$")
_WHICH = re.compile(r"\d (?:type|label|tyyppi|tunniste|nimike|typ|etikett)$")
#: Google's fields of people's own making.
_FIELD = re.compile(
    r"(?:custom field|mukautettu kentta|anpassat falt) (\d+) (?:(label|type|tunniste|nimike|tyyppi"
    r"|etikett|typ)|value|arvo|varde)"
)
_IN_BRACKETS = re.compile(r"\(([^)]{1,60})\)")
_CAMEL = re.compile(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 120


@lru_cache(MOST_COLUMNS)
def fold_heading(heading: str) -> str:
    """`heading` in lower case without accents, its words with single blanks between."""
    text = _CAMEL.sub(" ", heading[:_LONGEST].replace("€", " eur "))
    text = re.sub(r"(?<=\w)\s*#", " nro", text)
    marked = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in marked if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", plain.replace("ø", "o")))


@lru_cache(MOST_COLUMNS)
def meaning_of(heading: str) -> Meaning | None:
    """What `heading` means; None when nothing here knows it.

    Of several columns with one target the lower rank is chosen: mobile before other phones, one
    without a word of whose it is before billing, work, home, delivery and others; the first of
    numbered ones ("E-mail 1 - Value") before the second; else the column further left.
    """
    folded = fold_heading(heading)
    key = folded.replace(" ", "")
    if not key:
        return None
    if refusal := refusal_of(folded):
        return Meaning(target_of(refusal), refusal=refusal)
    if field := _FIELD.fullmatch(folded):
        return Meaning(Target.FIELD_NAME if field[2] else Target.FIELD_VALUE, field[1])
    if _is_other(key) or "fax" in key or "faksi" in key or _WHICH.search(folded):
        return None
    if _VALUE.search(folded):
        return meaning_of(_VALUE.sub("", folded))
    if target := _target_of(key):
        return _meant(target, "", 0, key)
    if _WITH_TAX.search(folded):
        return meaning_of(_WITH_TAX.sub(" ", folded))
    if _WITHOUT_TAX.search(folded):
        without = meaning_of(_WITHOUT_TAX.sub(" ", folded))
        if without and without.target is Target.UNIT_PRICE:
            return _meant(without.target, "other", 0, key)
        return None  # an invoice's sum is with the tax
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|[*:]", " ", heading)
    if bare != heading and (found := meaning_of(bare.strip())):
        group = next((_GROUP_WORDS[word] for word in folded.split() if word in _GROUP_WORDS), "")
        target = found.target
        if target is Target.ADDRESS and (inside := _IN_BRACKETS.search(heading)):
            # "Työosoite (katu)"
            if _is_other(inside[1]):
                return None
            part = meaning_of(inside[1])
            target = part.target if part and part.target in POSTAL else target
        return _meant(target, group or found.group, 0, key)
    number = next((int(digit) for digit in re.findall(r"[1-9]", folded)), 1)
    words = re.sub(r"\d+", " ", folded).split()
    return (
        _by_ending(folded.split(), number - 1, key)
        or _by_words(words, number - 1, key)
        or _by_beginning("".join(words), number - 1, key)
        or _by_words([word for word in words if word not in _NOISE], number - 1, key)
        or _of_two(heading)
    )


def with_group(group: str, heading: str) -> str:
    """`heading` after the `group` above it, where that says whose it is: "Laskutusosoite Katu"."""
    alone, together = meaning_of(heading), meaning_of(f"{group} {heading}") if group else None
    if not (alone and together) or (alone.target, alone.group) == (together.target, together.group):
        return heading
    return f"{group} {heading}" if alone.target is together.target else heading


def says_wishes(heading: str) -> bool:
    """Whether a column with `heading` can forbid something, so that each cell is heard."""
    meaning = meaning_of(heading)
    looked_through = (Target.LABELS, Target.NOTES, Target.FIELD_NAME, Target.FIELD_VALUE)
    return meaning is not None and (meaning.refusal is not None or meaning.target in looked_through)


def _of_two(heading: str) -> Meaning | None:
    """ "Puhelin / GSM" twice the same; "Yritys / Nimi" the name of whoever it is."""
    found = [meaning_of(part) for part in heading.split("/")] if "/" in heading else []
    targets = {one.target for one in found if one} - {Target.ORGANISATION}
    if not found or None in found or len(targets) > 1:
        return None
    return next((one for one in found if one and one.target in targets), found[0])


_FINNISH_WORDS = frozenset(
    """
    nimi etunimi etunimet sukunimi osoite lahiosoite katuosoite postiosoite postinumero
    postitoimipaikka kaupunki maa sahkoposti sahkopostiosoite puhelin puhelinnumero matkapuhelin
    asiakas asiakasnumero yritys yhteyshenkilo jasen jasennumero lasku laskunumero erapaiva summa
    tilaus tilausnumero tilauspaiva
    """.split()
)
_SWEDISH_WORDS = frozenset(
    """
    namn fornamn efternamn adress gatuadress postadress postnummer postnr postort ort land epost
    epostadress telefon telefonnummer tfn mobil mobilnummer mobiltelefon kund kundnummer kundnr
    foretag foretagsnamn kontaktperson medlem medlemsnummer faktura fakturanummer fakturadatum
    forfallodatum belopp bestallning bestallningsnummer orderdatum
    """.split()
)


def language_of(headings: Iterable[str]) -> Language:
    """The language that those whom a list is about are written to, where nothing else tells it:
    that of its headings if it is Swedish. Web shops speak English to everybody."""
    balance = 0
    for heading in headings:
        folded = fold_heading(heading)
        words = {folded.replace(" ", ""), *folded.split()}
        balance += bool(words & _SWEDISH_WORDS) - bool(words & _FINNISH_WORDS)
    return Language.SWEDISH if balance > 0 else Language.FINNISH


def count_known(cells: Iterable[str]) -> int:
    """How many of the first `cells` are headings that are known here."""
    return sum(
        1
        for cell in islice(cells, 300)
        if cell and len(cell) <= _LONGEST and (meaning_of(cell) or _is_other(cell))
    )


def _is_other(heading: str) -> bool:
    return _spelt_out(fold_heading(heading).replace(" ", "")) in _OTHERS


def _meant(target: Target, group: str, number: int, whole: str) -> Meaning:
    if target is Target.PHONE and not group and _MOBILE.search(whole):
        group = "mobile"
    if (target is Target.STREET and "kaynti" in whole) or "besoks" in whole:
        group = "visiting"
    return Meaning(target, group, GROUPS.index(group) * 10 + min(number, 9))


def _by_ending(words: list[str], number: int, whole: str) -> Meaning | None:
    """ "Default Address Company", "Työosoite: katu": a known heading after words of whose it is."""
    for start in range(1, len(words)):
        groups = [_group_of(word) for word in words[:start]]
        key = "".join(words[start:])
        if (target := _target_of(key)) and None not in groups:
            return _meant(
                target, next(filter(None, groups), ""), number if number < 5 else 0, whole
            )
    return None


def _group_of(word: str) -> str | None:
    """Whose a word says something is; empty for noise, None for a word of another kind."""
    for ending in ("", "osoite", "osoitteen", "adress", "address"):
        stem = word.removesuffix(ending)
        if ending and stem == word:
            continue
        if stem in _GROUP_WORDS:
            return _GROUP_WORDS[stem]
    return "" if word in _NOISE else None


def _by_words(words: list[str], number: int, whole: str) -> Meaning | None:
    """ "Billing Postal Code": the words without those that say whose it is."""
    if not words:
        return None
    rest = [word for word in words if word not in _GROUP_WORDS]
    group = next((_GROUP_WORDS[word] for word in words if word in _GROUP_WORDS), "")
    for kept in (rest, [word for word in rest if word not in _NOISE]):
        key = "".join(kept)
        with_number = f"{key}{number + 1}"
        if number and (target := _EXACTLY.get(with_number)) and key != "phone":
            return _meant(target, group, 0, whole)
        if _is_other(key):
            return None
        if target := _target_of(key):
            if number and _is_line(target, key):
                return Meaning(Target.STREET_2, group, GROUPS.index(group) * 10)
            return _meant(target, group, number, whole)
    return None


def _is_line(target: Target, key: str) -> bool:
    return target is Target.STREET or (
        target is Target.ADDRESS and key.endswith(("osoite", "adress", "address"))
    )


def _by_beginning(key: str, number: int, whole: str) -> Meaning | None:
    """ "laskutusosoite", "kotipuhelin": a compound that begins with whose it is."""
    for length in range(min(12, len(key) - 1), 2, -1):
        if (group := _GROUP_WORDS.get(key[:length])) and (target := _target_of(key[length:])):
            if number and _is_line(target, key):
                return Meaning(Target.STREET_2, group, GROUPS.index(group) * 10)
            return _meant(target, group, number, whole)
    return None
