"""How notices say what the law makes them say: patterns in Finnish, Swedish and English.

They are searched in the case-folded words of the whole notice, wherever these stand. A gap in a
pattern stays inside a line and is bounded, so that no notice takes long to check.
"""

import re

from notices.checking.text import either

# Who, when, in which language

OFFICER = either(r"tietosuojavastaav", r"dataskyddsombud(?!sm)", r"data protection officer|\bdpo\b")
EMAIL = re.compile(r"[\w.+-]{1,64}(?:@|\(at\)|\[at\])[\w.-]{1,100}\.\w{2,12}")
AUTHORITY_EMAIL = re.compile(r"(?:@|\(at\)|\[at\])(?:om|tietosuoja)\.fi$")
PHONE = re.compile(r"(?<![\d./-])(?:\+\d{2,3}|0)[\d ()-]{5,18}\d(?![\d./-])")
POSTCODE = re.compile(
    r"(?:\bfi-|\bax-|\b)\d{5}\b(?! ?\d)|\b\d{3} \d{2} [a-zåäö]|\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b"
)
PO_BOX = re.compile(
    r"\b(?:pl|pb|p\.?\s?o\.?\s?box|postilokero|postbox|postfack|post box|c/o)\s", re.IGNORECASE
)
COMPANY = re.compile(
    r"\b(?:oyj?|ab|abp|ky|kb|ry|rf|rs|sr|osk|andl|tmi|toiminimi|ltd|inc|llc|gmbh|as|plc)\b\.?"
    r"|yhtiö|yhdisty|säätiö|seura|kunta\b|kaupunki|seurakunta|osuuskunta|förening|stiftelse",
    re.IGNORECASE,
)
CONTROLLER_NAMED = either(
    r"rekisterinpitäjä(?:nä)? (?:on|toimii)\b|rekisterinpitäjä:"
    r"|\bkuka vastaa (?:\w{1,20} )?(?:henkilö)?tie(?:do|to)",
    r"personuppgiftsansvarig(?:a|e)? (?:är|för)\b|personuppgiftsansvarig:"
    r"|\bvem (?:som )?(?:är ansvarig|ansvarar) för",
    r"(?:data )?controller (?:is|of)\b|controller:|\bwho is responsible for",
)
REQUEST_LANGUAGE = either(
    r"\bsuomeksi|\bsuomen kiel|\bruotsiksi|\bruotsin kiel|\benglanniksi|\benglannin kiel",
    r"på (?:finska|svenska|engelska)|på [a-zåäö]{5,10}, [a-zåäö]{5,10} (?:och|eller) engelska",
    r"\bin (?:finnish|swedish|english)",
)

# Why

PURPOSE = either(
    r"tarkoitu|käytämme|käsittelemme|varten\b", r"ändamål|syfte", r"purpose|we use|we process"
)
BASIS = either(
    r"oikeusperus|käsittelyperus|käsittelyn (?:laillinen )?peruste\b|oikeutet(?:tu|un|tuun) e[td]u"
    r"|(?:sopimu|suostumu|lakisäät|lakiin|velvoit|velvollisuu)\w{0,14}(?: \w{1,20}){0,4} perustu"
    r"|perust(?:uu|eena|een|e on|etta)(?: \w{1,20}){0,6}[: ]{1,2}(?:sopimu|suostumu|lak[ii]|lakis"
    r"|oikeutet|velvoit|asiakassuh)"
    r"|\b6 artikla|artikla\w{0,4} 6\b|sopimuksen täytäntöönpan",
    r"rättslig\w{0,2} grund|laglig\w{0,2} grund|berättiga\w{0,2} intresse|\bartikel 6"
    r"|grund(?:en|ar|as)\b(?: \w{1,20}){0,6} (?:avtal|samtyck|lag|förplikt|berättig)"
    r"|stöd av (?:ett |ditt )?(?:avtal|samtyck|lag|berättig)|fullgör\w{0,4} (?:ett )?avtal",
    r"(?:legal|lawful) bas(?:is|es)|legitimate interest|\barticle 6\b"
    r"|performance of (?:a|the|our) contract|bas(?:ed|is)(?: \w{1,15}){0,4} (?:contract|consent)",
)
BASIS_WORD = either(
    r"\bsopimu|\bsuostumu|\boikeutet|\blakisäät|\blaki\b|\blakiin|velvoi|\basiakassuhde",
    r"\bavtal|\bsamtyck|\bberättig|\bförplikt|\blag\b|\blagen\b|\bkundförhåll",
    r"\bcontract|\bconsent|legitimate|\bobligation|\blaw\b",
)
ABOUT_BASIS = either(r"perust", r"grund", r"bas(?:is|es)\b")
LEGITIMATE_INTEREST = either(
    r"oikeutet\w{1,4} e[td]u|6 artiklan 1 kohdan f|6\(1\)\(f\)|\b6\.1 ?f\b",
    r"berättiga\w{0,2} intress|artikel 6\.1 f",
    r"legitimate interest",
)
INTEREST_WORD = either(r"oikeutet|\be[td]u", r"berättig|intress", r"legitimate|interest")
INTEREST_TOLD = either(
    r"oikeute\w{1,5} (?:etu\w{0,6}|edu\w{0,6})(?: ovat| on (?!peruste)|: ?\w| \()"
    r"|oikeute\w{1,5} e[td]u\w{0,8}[^.\n]{0,40}\b(?:joka|jonka|kuten|eli|koska|jotta)\b",
    r"berättiga\w{0,2} intress\w{1,4}(?: är|: ?\w| \(| av att| att|,? som| i att)",
    r"legitimate interests?(?: is| are|: ?\w| \(| in |, (?:such|namely|which))",
)
CONTRACT_OR_CONSENT = either(
    r"\bsopimu|\bsuostumu|lakisäät", r"\bavtal|\bsamtyck", r"\bcontract|\bconsent"
)
CONSENT = either(r"suostumu", r"samtyck", r"\bconsent")
CONSENT_AS_BASIS = either(r"\bsuostumus\b", r"\bsamtycke\b", r"\bconsent\b")
NO_CONSENT = either(
    r"sopimu|suostumu\w{0,4}[^.\n]{0,20} ei |\bei (?:tarvit|vaadi|edellyt|käsitel|perustu)"
    r"|\bemme (?:tarvit|käsittele|kerää)",
    r"\bavtal|\binte\b|\bingen\b|\binget\b",
    r"\bcontract|\bnot\b|\bno\b",
)
WITHDRAWAL = either(
    r"suostumu\w{0,8}[^.\n]{0,80}\bper(?:u\b|ua|ut|uu)\w{0,12}|\bper(?:ua|ut|uu)\w{0,12}"
    r"[^.\n]{0,60}suostumu|suostumu\w{0,8} (?:\w{1,15} ){0,4}takaisin|peru(?:utta|t)\w{0,8} sen",
    r"återkall?\w{0,10}[^.\n]{0,60}samtyck|samtyck\w{0,4}[^.\n]{0,60}återkal|ta tillbaka",
    r"withdraw\w{0,4}",
)
#: Whether giving the data is demanded, and what follows if they are not given (art. 13(2)(e)).
GIVING_DATA = either(
    r"tieto\w{0,5} anta\w{1,8}[^.\n]{0,120}(?:vapaaehto|edellyt|vaati|pakolli|lakisäät|velvoit"
    r"|tarpee|välttämät|perustu)|ilman (?:niitä|näitä|tätä|sitä|tarvittavia|pakollisia|tietoja)"
    r"|(?:edellyttä|vaati)\w{1,4} (?:\w{1,15} ){0,3}(?:nime|yhteystie|tietojen anta|näitä tietoja)"
    r"|jos et (?:anna|halua antaa)|velvoi\w{1,4} sinua antamaan|pakko antaa|tarvitse antaa"
    r"|vapaaehtoi\w{1,4} antaa|\bon annettava\b|\bilman \w{2,20} ?(?:ja \w{2,20})?[^.\n]{0,30}"
    r"(?:\bemme\b|\bei voi)",
    r"(?:lämna|ge|uppge"
    r"|tillhandahåll)\w{0,6} (?:\w{1,15} ){0,3}\w{0,8}uppgifter[^.\n]{0,120}(?:frivillig|kräv"
    r"|förutsät"
    r"|obligator|nödvändig)|utan (?:dem|dessa|uppgifterna)|frivilligt att (?:lämna|ge|uppge)"
    r"|förplikta\w{0,2} (?:\w{1,10} ){0,2}(?:att )?lämna|skyldig att lämna|om du inte (?:lämnar"
    r"|ger)"
    r"|förutsätter (?:namn|kontaktuppg|att uppgift)|behöver inte (?:lämna|ge|uppge)"
    r"|måste (?:du )?(?:lämna|ge|uppge)|\butan (?:ditt |din |ett )?(?:namn|adress|kontaktuppg)",
    r"(?:provid|giv|suppl)\w{0,4} (?:\w{1,12} ){0,4}data[^.\n]{0,120}(?:volunt|requir|oblig"
    r"|mandatory|necessary)|(?:oblige|require)\w{0,2} (?:you )?to (?:give|provide)"
    r"|without (?:them|these|this|the data)|if you do not (?:give|provide)|required to (?:give"
    r"|prov)"
    r"|(?:contract|order) (?:\w{1,12} ){0,5}requires? |(?:must|need to) (?:give|provide)"
    r"|without your (?:name|address|contact)",
)
ASKS_ABOUT_GIVING = either(
    r"(?:onko )?tietojen antam\w{1,6} [^.\n]{0,40}lakisäät[^.\n]{0,80}|lakisääteinen tai sopimu",
    r"(?:är )?lämnandet av \w{0,6}uppgifter[^.\n]{0,80}|lagstadga\w{0,2} eller avtal",
    r"(?:is|whether) [^.\n]{0,60}statutory or contractual[^.\n]{0,60}",
)

# What happens to the data

BEYOND_NECESSARY = either(
    r"google analytics|matomo|hotjar|facebook[- ]pi|meta[- ]pi|kävijäseuran\w{1,3}|analytiikka"
    r"|eväst\w{1,6}[^.\n]{0,120}(?:kohdent|markkinoin|mainon|analys|käyttökokemu|tilasto|seura)"
    r"|kävijä\w{0,4} (?:laskem|määr|seura)",
    r"(?:kak(?:or|a)|cookie)\w{0,6}[^.\n]{0,120}(?:marknadsför|reklam|annons|analy|statisti|rikta)"
    r"|besöksstatistik",
    r"cookies?\b[^.\n]{0,120}(?:marketing|advert|analy|statist|target|improv|experience)",
)
#: Said of a service or of cookies that are not there.
NOT_USED = either(
    r"\bemme\b|\bei(?:vät)? (?:käyt|aset|seura|ole|kerä|tallen)\w{0,8}|\bilman\b",
    r"\binte\b|\binga\b|\bingen\b|\butan\b",
    r"\bnot\b|\bno\b|\bnever\b|\bwithout\b",
)
E_MARKETING = either(
    r"sähköpostimarkkin|uutiskirj|sähköi\w{1,6} (?:suora)?markkin|tekstiviestimarkkin"
    r"|mainos\w{0,6} (?:sähköpost|tekstivie)|suoramarkkinoin\w{1,6} sähköpost",
    r"nyhetsbrev|elektronisk direktmark|e-postmark|marknadsföring per e-post",
    r"newsletter|e-?mail marketing|electronic (?:direct )?marketing|marketing (?:by )?e-?mail",
)
COOKIES = either(r"\beväst", r"\bkakor|\bcookie", r"\bcookie")
BROWSER_SETTINGS = either(
    r"eväst\w{0,8}[^.\n]{0,120}selai\w{1,8}|selai\w{1,8}[^.\n]{0,120}(?:asetu\w{1,8}|eväste)",
    r"(?:kak(?:or|a)|cookie)\w{0,6}[^.\n]{0,120}webbläsar|webbläsar\w{0,8}[^.\n]{0,80}inställ",
    r"cookies?\b[^.\n]{0,120}browser|browser\w{0,2}[^.\n]{0,80}setting",
)
COOKIE_LIFETIME = either(
    r"\bvanhen|\bvoimassa|\bistunno|\bkesto|elinai|\bsäily|\b\d{1,3} (?:päiv|kuukau|vuo|tun|minu)"
    r"|vuode(?:ssa|ksi|n)\b|päiväksi|poistuvat",
    r"giltig|upphör|session|livsläng|lagras i|\b\d{1,3} (?:dag|månad|år|tim|minut)|\bett år\b",
    r"expir|session|lifetime|last for|valid|\b\d{1,3} (?:day|month|year|hour|minute)",
)
COOKIE_READERS = either(
    r"osapuol|palvelimemme|\boma\b|google|kumppan|palveluntarjoaj|matomo",
    r"tredje part|egen server|google|partner|leverantör",
    r"third part|our own|google|partner|provider",
)
NOT_IDENTIFIED = either(
    r"\bei (?:voida|voi)\b[^.\n]{0,60}(?:tunnista|yksilöi)",
    r"\bkan inte\b[^.\n]{0,60}(?:identifier|kännas igen)|går inte att identifier",
    r"\bcan(?:not| not)\b[^.\n]{0,60}(?:identif|recogni)",
)
IP_ADDRESS = re.compile(r"\bip\b[- ]?(?:osoi|numer|adress|nummer|address|number|tied)?\w{0,8}")
COMBINED = either(r"\bliittää|\byhdistä", r"\bkombiner|\bkoppla", r"\bcombin|\blinked to")
PROFILING_LIKE = either(
    r"kohdenne\w{0,6} sisäl\w{1,6}|personoi\w{1,10}|yksilöllis\w{0,8} sisäl|aihepiiri|demographics"
    r"|kiinnostuksen ?koh\w{1,6}|luottopäätö\w{1,6}|luottoluok\w{1,6}|pisteyt\w{1,8}",
    r"riktat innehåll|personligt innehåll|kreditbeslut|kreditbetyg|demographics|intresseområd",
    r"personali[sz]ed content|targeted content|credit (?:decision|scor)\w{0,4}|demographics",
)
AUTOMATED = either(
    r"automa\w{4,12} (?:yksittäis\w{1,6} |yksittäispäätö|päätö)|automa\w{3,10}[^.\n]{0,40}profil"
    r"|päätö\w{1,8}[^.\n]{0,40}automaattis"
    r"|\bprofiloi|\bautomaattis\w{1,6} käsittel",
    r"automati\w{3,10} (?:individuell\w{0,2} )?beslut|\bprofiler",
    r"automated (?:individual )?(?:decision|processing)|\bprofil",
)
CREDIT_DECISION = either(
    r"\bluottopäätö\w{1,8}", r"\bkreditbeslut\w{0,4}", r"\bcredit decisions?\b"
)
CREDIT_DATA = either(
    r"luottotie|luottokelp|luottoluok|maksuhäiriö",
    r"kreditupplysn|kredituppgift|kreditvärd",
    r"credit (?:information|data|histor|rating|report)",
)
BILLING_NEEDED = either(
    r"\blaskutu(?:s|ksen|kseen|sta)\w{0,6}|\bavoi\w{1,4} lasku\w{0,6}|\bperintä\w{0,8}"
    r"|\bperinnä\w{0,4}",
    r"\bfakturer\w{1,6}|\bobetal\w{1,3} faktur\w{1,4}|\bindrivning\w{0,4}|\binkasso\w{0,6}",
    r"\bbilling\b|\binvoicing\b|\bopen invoices?\b|\bdebt collection\b",
)
BILLING_DATA = either(
    r"\blasku(?:tus)?(?:n|t|jen|tie|osoi|hist)?\w{0,12} ?(?:numero|tie|osoi|päiv)|\blaskut\b"
    r"|\btosit|\bmaksutie",
    r"\bfaktur\w{0,12}(?:uppg|adress|numm|n\b)|\bfakturor\b|\bverifikat|\bbetalningsuppg",
    r"\b(?:billing|invoic\w{1,3}|payment) (?:data|address|details|info|number)|\binvoices\b"
    r"|\bvoucher",
)
OPEN_INVOICES = either(
    r"\bavoi\w{1,4} lasku|maksamat\w{1,6} lasku",
    r"\bobetal\w{1,3} faktur|\böppn\w{1,2} faktur",
    r"\b(?:open|unpaid|outstanding) invoices?\b",
)
COLLECTION = either(r"\bperintä|\bperinnä", r"\bindrivning|\binkasso", r"\b(?:debt )?collection\b")
#: What is read from a visitor, item by item.
VISIT_DATA = either(
    r"\b(?:vierailun|käynnin) (?:ajankohta|aika)\b|\bselatut sivut\b(?: ja [^.\n]{0,40}ajat\b)?"
    r"|\b(?:vierailijan|kävijän|käyttäjän) selain\w{0,8}",
    r"\btid(?:punkt)? för besöket\b|\bvisade sidor\b|\bbesökarens webbläsare\b",
    r"\btime of the visit\b|\bpages (?:viewed|visited)\b|\bvisitor's browser\b",
)
PERSONAL_DATA_WORD = either(
    r"\bnim[ieä]|\w*osoit|puhelin|\bsähköposti|yhteystie|laskutie|laskutustie|tilau[sk]|tunnu[sk]"
    r"|ikä\b|sukupuol|\btiedo?t|\btieto",
    r"namn|adress|telefon|e-post|kontaktuppg|faktur|beställ|uppgift",
    r"\bname|address|phone|e-?mail|contact|billing|order|data\b|identif",
)
OF_DATA_SUBJECTS = either(r"rekisteröi(?:ty|dy)", r"registrerade", r"data subjects")
MAY_CONTAIN = either(
    r"\bvoi sisältää|\bvoivat olla|\bsaattaa sisältää|\bvoidaan (?:tallen|kerä)",
    r"\bkan innehålla",
    r"\bmay (?:contain|include|hold)",
)
COLLECTS_DATA = either(
    r"rekisteri\w{0,4} (?:sisäl|tallen)|keräämme|käsittelemme|tallennamme|nimi|yhteystie",
    r"samlar|behandlar vi|vi behandlar|namn|kontaktuppg",
    r"we (?:collect|process|store|hold)|name|contact details",
)
SOURCE_TOLD = either(
    r"\bläh(?:de|tee|tei)|tietolähte|saadaan|saamme|keräämme|itseltään|asiakkaalta|sinulta",
    r"\bkäll|samlas|samlar|från dig|av dig|av kunden|du (?:själv )?(?:ger|lämnar)",
    r"\bsource|collect|from you|you give|you provide|by the customer|from the customer",
)
FROM_OTHERS = either(
    r"viranomai\w{0,8}lta\b[^.\n]{0,30}|päivityspalvelu\w{0,10}|väestö(?:tieto|rekister)\w{1,16}"
    r"|kaupparekister\w{1,6}|luottotietorekister\w{1,6}|luottotietoyhti\w{1,6}"
    r"|\bsuomen asiakastieto\b|ajoneuvorekister\w{1,6}|kiinteistörekister\w{1,6}",
    r"från myndigheter|uppdateringstjänst\w{0,6}|befolknings(?:data|regist)\w{1,10}"
    r"|handelsregist\w{1,4}|kreditupplysningsregist\w{1,4}",
    r"from authorities|update services?|population (?:information|regist)\w{0,10}|trade register"
    r"|credit (?:register|bureau)",
)
PUBLIC_SOURCE = either(
    r"\bjulki[ns]|yleisesti saatavi", r"offentlig|allmänt tillgänglig", r"\bpublic\b|publicly"
)
RECIPIENTS = either(
    r"vastaanottaj|henkilötietojen käsittelijä"
    r"|(?:luovut(?:amme|etaan)|siirr(?:ämme|etään)|anne(?:taan|mme)|saa(?:vat)?|välit(?:ämme"
    r"|etään))"
    r"\b[^.\n]{0,120}(?:tilitoimisto|kirjanpitäj|perintätoimisto|perintäyhti|viranomai\w{0,6}lle"
    r"|kuljetus|palveluntarjoajille|palveluntarjoajalle|toimittaj|alihankkijoille|pankille"
    r"|kumppaneille|verohallin|posti)"
    r"|(?:luovuttaa|siirtää)\b[^.\n]{0,120}(?:palveluntarjoajille|kumppaneille|viranomaisille"
    r"|alihankkijoille|toimittajille)"
    r"|(?:tilitoimisto|kirjanpitäj|perintätoimisto|palveluntarjoaj|alihankkij)\w{0,8}"
    r"[^.\n]{0,120}(?:lukuumme|puolestamme|luovut(?:amme|etaan)|käsittelee)"
    r"|\b(?:ei|emme) (?:\w{1,15} ){0,3}luovut(?:\w{1,4}|uksia)\b"
    r"(?![^.\n]{0,300}(?:paits|ellei|lukuun ott))",
    r"mottagar|lämna\w{0,2} (?:ut )?[^.\n]{0,100}till (?:vår )?(?:bokför|inkasso|myndig|leverant)"
    r"|personuppgiftsbiträd|lämnar (?:vi )?inte (?:ut )?[^.\n]{0,60}(?<!utom)\."
    r"|lämnas inte ut(?![^.\n]{0,200}(?:\butom\b|förutom|om inte))",
    r"recipient|(?:disclos|shar|giv|pass)\w{0,4} [^.\n]{0,100}to (?:our |an |the )?(?:account|debt"
    r"|authorit|service prov|supplier|bank)|processor|do not (?:disclose|share)",
)
#: Under a heading on disclosures: whom the data are given to, in the case that means "to".
GIVEN_TO = either(
    r"\b(?!ulkopuol|kolmansil|osapuol|tahoil|muil|kenelle|asiakka|rekisteröi|hänelle|meille|sille"
    r"|jolle|joille|näille|toisel|sivullis)\w{4,30}lle\b",
    r"\b(?:lämnas|ges|överlåts) (?:ut )?till (?!utomst|tredje|andra|någon)",
    r"\b(?:disclosed|given|shared) (?:to|with) (?!third|other|any)",
)
DENIED = either(r"\b(?:ei|emme|eikä)\b", r"\binte\b|\binga\b", r"\bnot\b|\bno\b|\bnever\b")
NOT_DISCLOSED = either(
    r"\b(?:ei|emme) (?:\w{1,15} ){0,2}(?:luovut\w{1,4}|anneta|anna|siirretä|siirrä)\b[^.\n]{0,80}"
    r"(?:ulkopuolelle|ulkopuolisille|kumppan|kolmansille|kenellekään)",
    r"lämnas? inte (?:ut )?[^.\n]{0,60}(?:utomst|partner|tredje|någon)",
    r"\bnot (?:be )?disclosed?[^.\n]{0,60}(?:outside|partner|third|anyone)",
)
GIVEN_AFTER_ALL = either(
    r"siir(?:tää|retään)\b[^.\n]{0,80}kumppan\w{1,6}[^.\n]{0,30}palvelim"
    r"|oikeus julkaista|julkais\w{1,6}[^.\n]{0,80}(?:luettelo|hakemisto)",
    r"överför\w{0,3} [^.\n]{0,80}partner\w{0,6}[^.\n]{0,30}serv|rätt att publicera",
    r"transfer\w{0,4} [^.\n]{0,80}partner\w{0,4}[^.\n]{0,30}serv|right to publish",
)
OUTSIDE_EU = either(
    r"(?:\beu\b|\beta\b|euroop)[^\n]{0,60}ulkopuol|kolman\w{1,6} ma|ulkopuol\w{1,4} (?:eu|eta)"
    r"|yhdysval|\busa:?\w{0,4}\b"
    r"|vain (?:eu|eta|euroop)|\bsuomessa\b|eu[:-]n? ?alue|\beu:ssa|\beu-mai|\beta-alue",
    r"utanför (?:eu|ees|europ)|tredje ?l[aä]nd|inom (?:eu|ees)|\bi finland|förenta stat|till usa\b",
    r"outside (?:of )?(?:the )?(?:eu|eea|europ)|third countr|within the (?:eu|eea)|\bin finland"
    r"|\bto the us\b|united states",
)
TRANSFER = either(
    r"(?:\beu\b|\beta\b|euroop\w{1,4})[^.\n]{0,60}ulkopuol\w{1,6}|kolman\w{1,6} ma[ai]\w{1,4}",
    r"utanför (?:eu|ees|europ)|tredje ?l[aä]nd",
    r"outside (?:of )?(?:the )?(?:eu|eea|europ)|third countr",
)
UNLESS = either(
    r"\bellei|\bpaitsi\b|\bvoidaan\b|\bsaatetaan\b|\bsaattaa\b|\btarvittaessa",
    r"\bom (?:det )?inte\b|\bförutom\b|\butom\b|\bkan\b|vid behov",
    r"\bunless\b|\bexcept\b|\bmay\b|if necessary",
)
SAFEGUARD = either(
    r"vakio(?:sopimus)?lausek|vakioehto|mallilausek|vastaavuuspäätö|riittävyy\w{1,6}päätö"
    r"|riittäv\w{1,4} (?:\w{1,12} )?(?:tietosuoja|suoja)|sitov\w{1,4} sään|4[5-9] artikla",
    r"standardavtalsklaus|standardklausul|adekvat|adekvans|artikel 4[5-9]",
    r"standard (?:contractual|data protection) clause|adequacy|\bscc\b|articles? 4[5-9]"
    r"|data privacy framework|\bdpf\b|binding corporate",
)

# Retention

KEPT_FOR = either(
    r"(?:säily|talle|hävit|poist)\w{0,12}[^.\n]{0,120}(?:\b\d{1,3}|\byhde|\bkahde|\bkaksi|\bkolme"
    r"|\bneljä|\bvii|\bkuu|\bseitsem|\bkymmen)\w{0,8} ?(?:\(\d{1,3}\) )?"
    r"(?:vuo|kuukau|kk\b|v\b|päiv)"
    r"|(?:\b\d{1,3}|\byhde|\bkahde|\bkaksi|\bkolme|\bvii|\bkuu|\bkymmen)\w{0,8} (?:\(\d{1,3}\) )?"
    r"(?:vuo|kuukau|kk\b|päiv)\w{0,6}[^.\n]{0,80}(?:säily|hävit|poist|päätty|ajan\b)"
    r"|(?:säily|hävit|poist)\w{0,12}[^.\n]{0,80}\bvuoden (?:kulu|ajan|sis)"
    r"|säily\w{1,12}[^.\n]{0,60}niin kauan|niin kauan kuin[^.\n]{0,80}säily",
    r"(?:lagra|spara|bevara|förvara|radera)\w{0,4}[^.\n]{0,120}(?:\b\d{1,3}|\bett|\btvå|\btre"
    r"|\bfem|\btio) (?:år|månad|dag)|så länge[^.\n]{0,80}(?:kund|behöv)|(?:spara|lagra"
    r"|bevara)\w{0,2}"
    r"[^.\n]{0,60}så länge",
    r"(?:kept|keep|store|retain|eras|delet)\w{0,3}[^.\n]{0,120}(?:\b\d{1,3}|\bone|\btwo|\bthree"
    r"|\bfive"
    r"|\bsix|\bten) (?:year|month|day)|(?:kept|keep|store|retain)\w{0,2}[^.\n]{0,60}as long as",
)
PERIOD = either(
    r"(?:\b\d{1,3}|\byhden|\bkahden|\bkaksi|\bkolmen?|\bneljän?|\bviiden|\bviisi|\bkuuden|\bkuusi"
    r"|\bkymmenen) (?:\(\d{1,3}\) )?(?:vuo|kuukau|kk\b|v\b|päiv)|\bvuoden (?:kulu|ajan)",
    r"(?:\b\d{1,3}|\bett|\btvå|\btre|\bfem|\bsex|\btio) (?:år|månad|dag)",
    r"(?:\b\d{1,3}|\bone|\btwo|\bthree|\bfive|\bsix|\bten) (?:year|month|day)",
)
#: A period of its own which only a law tells.
PERIOD_OF_LAW = either(
    r"kirjanpi\w{2,16}|lain (?:edellyt|vaati|määrä)\w{1,8} aja",
    r"bokföring\w{0,12}",
    r"accounting|bookkeeping",
)
#: No criterion of any kind (WP260 [M]).
AS_LONG_AS_NEEDED = either(
    r"(?:niin kauan|niin pitkään|kunhan),? kuin (?:(?:se|ne|niitä|tiedot) )?(?:on|ovat)"
    r" (?:tarpeen|tarpeellis\w{1,4}|tarvetta|välttämät\w{1,7})\s*(?:[.,]|$)"
    r"|(?:niin kauan|niin pitkään),? kuin (?:niitä )?tarvitaan\s*(?:[.,]|$)"
    r"|\b(?:tarvittavan|tarpeellisen) ajan\s*(?:[.,]|$)",
    r"så länge (?:(?:som )?(?:det|de|uppgifterna) )?(?:är nödvändig\w{0,2}|behövs)\s*(?:[.,]|$)",
    r"(?:as|so) long as (?:(?:it|they) (?:is|are) )?(?:necessary|needed|required)\s*(?:[.,]|$)",
)
#: Art. 5(1)(e): data are kept no longer than they are needed.
FOR_GOOD = either(
    r"\b(?:pysyvästi|toistaiseksi|ikuisesti)\b|\brajoittamattoman ajan\b",
    r"\btills vidare\b|\bför alltid\b",
    r"\b(?:permanently|indefinitely|forever)\b",
)
RELATIONSHIP_END = either(
    r"(?:asiak|suhte)\w{2,14} päätty\w{1,10}",
    r"kund\w{4,14} (?:har )?upphör\w{0,2}",
    r"end of the (?:\w{1,12} )?relationship",
)
END_DEFINED = either(
    r"(?:suhde|suhteen|asiakkuus|asiakkuuden)\b[^.\n]{0,80}päätty\w{1,6}[^.\n]{0,20}\bkun\b"
    r"|viimei\w{1,10} (?:tilauks|osto|asioin|yhteyden|toimeksian|toimituks|lasku|käyn)",
    r"(?:kundförhåll|kundrelation)\w{0,8}[^.\n]{0,60}upphör\w{0,2}[^.\n]{0,20}\bnär\b"
    r"|senaste (?:beställn|köp|kontakt|uppdrag|faktur)",
    r"relationship[^.\n]{0,40}\bends?\b[^.\n]{0,20}\bwhen\b"
    r"|(?:last|latest) (?:order|purchase|contact|assignment|invoice)",
)

# Rights

ACCESS = either(
    r"tarkastus-?oike|tarkistus-?oike|tarkastaa|tarkistaa|saada pääsy|pääsy \w{0,12}tietoi"
    r"|(?:saada|pyytää) (?:\w{1,14} ){0,3}(?:kopio|tieto|jäljennö)",
    r"rätt till insyn|tillgång till|få tillgång|kontrollera|veta om vi behandlar|registerutdrag",
    r"right of access|right to access|access to|inspect|know whether we|copy of (?:all )?your",
)
RECTIFICATION = either(
    r"oikais|korjaa|korjau|korjata\b|korjatuksi|korjatut",
    r"rätt(?:else|a\b|ar\b|as\b|ade\b|at\b|ad\b)|korriger",
    r"rectif|correct",
)
ERASURE = either(
    r"poistam|poistaa|poistet|poistoa|unohdetu|hävitet|hävittä",
    r"rader|bortglömd|bli glömd|utplån",
    r"eras|forgotten|delet",
)
RESTRICTION = either(r"rajoit(?:ta|tu|uk|us)", r"begräns", r"restrict")
PORTABILITY = either(
    r"järjestelmästä toiseen|siirrettävyy|siirtää [^.\n]{0,60}tieto|oikeus siirtää|siirto-oike"
    r"|tiedot (?:\w{1,15} )?"
    r"siirretään toisel|koneluettav",
    r"dataportabilitet|ett system till|överföra (?:\w{1,12} )?uppgifter|maskinläsbar",
    r"portab|one system to another|machine[- ]readable|to another controller",
)
OBJECTION = either(r"vastusta", r"invänd|motsätta|göra invändning", r"\bobject(?! and|ive)")
FORBID = either(
    r"\bkieltää|\bkieltä[mn]|\bkielto|\bkiellä|\bkieltämällä",
    r"förbjud|förbud|tacka nej|avböj",
    r"forbid|prohibit|opt[- ]out|unsubscribe|refuse",
)
MARKETING = either(r"markkin|suoramain|mainon", r"marknadsför|reklam", r"marketing|advert")
COMPLAINT = either(
    r"(?:valit(?:us|uks|ta)|kantel|kannella)\w{0,12}[^\n]{0,200}(?:viranomai|valtuut"
    r"|tietosuoja\.fi)"
    r"|(?:viranomai|valtuut)\w{0,12}[^\n]{0,120}(?:\bvalit(?:us|uks|ta)|\bkantel|\bkannella)"
    r"|yhtey\w{1,4} [^.\n]{0,40}(?:tietosuojavaltuut|valvontaviranomai)",
    r"(?:klagomål|besvär|klaga)\w{0,8}[^\n]{0,200}(?:myndighet|ombudsman)"
    r"|(?:myndighet|ombudsman)\w{0,8}[^\n]{0,120}(?:klagomål|besvär|klaga)",
    r"complain\w{0,4}[^\n]{0,200}(?:authorit|ombudsman|commissioner)"
    r"|(?:authorit|ombudsman)\w{0,4}[^\n]{0,120}complain",
)
RESIDENCE = either(
    r"asuinpaik|asuinma|vakinai|asut\b", r"bosatt|hemvist|vistelse|där du bor\b",
    r"residen|where you live",
)  # fmt: skip
INFRINGEMENT_PLACE = either(
    r"rikkomispaik|rikkomi\w{1,8} (?:\w{1,12} )?(?:paik|tapahtu)"
    r"|(?:rikkomu|loukkau)\w{1,8} (?:\w{1,12} ){0,2}(?:paik|tapahtu)"
    r"|väite\w{1,8} (?:rikko|loukka|tapahtu)\w{1,10}|tapahtumapaik"
    r"|(?:missä|jossa)[^.\n]{0,60}(?:rikottu|rikkom|tapahtunut)",
    r"intrång|överträdels|där (?:överträd|händels)",
    r"(?:place|location) of the (?:alleged )?infring|where the (?:alleged )?infring"
    r"|infringement (?:took|occur)",
)
SIGNATURE = either(
    r"\ballekirjoite(?:tt|t)av|\b(?:tulee|täytyy|pitää|on) (?:\w{1,15} ){0,3}allekirjoit"
    r"|allekirjoite(?:tulla|ttu|tun)\b|omakätisesti",
    r"(?:måste|ska|skall) (?:\w{1,12} ){0,4}(?:underteckna|underskri|signera)|undertecknad\w{0,2}\b"
    r"|undertecknas\b|egenhändigt",
    r"(?:must|has to|have to|shall|should|needs? to) (?:\w{1,10} ){0,3}(?:be )?sign(?:ed)?\b"
    r"(?![ -]in)"
    r"|\bsigned (?:\w{1,10} )?(?:request|letter|form|document)|(?:is|are) signed",
)
OR_BY_EMAIL = either(
    r"\b(?:tai|taikka) (?:sähköpostilla|sähköpostitse)\b",
    r"\beller (?:per|med|via) e-post",
    r"\bor by e-?mail",
)
#: What a signature must be asked for to be about a right.
REQUEST = either(
    r"pyyntö|pyynnö|pyytää|tarkast|oikais|oikeu(?:s|t)",
    r"begär|rättighet|insyn|rättelse",
    r"request|right",
)
ABOUT_UNDERTAKING = either(r"salassapi|sitoumu", r"sekretess|förbind", r"confidential|undertaking")
#: "must be signed": no other way is left, whatever the notice says elsewhere.
SIGNATURE_DEMANDED = either(
    r"\ballekirjoite(?:tt|t)ava|\b(?:tulee|täytyy|pitää|on|vain|ainoastaan) (?:\w{1,15} ){0,4}"
    r"(?:omakät|allekirj)",
    r"\b(?:ska|skall|måste|endast|bara) (?:\w{1,12} ){0,4}"
    r"(?:underteckna|underskri|egenhänd|signera)",
    r"\b(?:must|shall|has to|have to|needs? to|only) (?:\w{1,10} ){0,4}sign(?:ed)?\b(?![ -]in)",
)
SIGNATURE_NOT_NEEDED = either(
    r"allekirjoit\w{1,8} ei (?:ole |tarvit|vaadi|edelly)|ei (?:tarvitse|vaadi|edellytä) \w{0,20} ?"
    r"allekirjoit",
    r"underskrift (?:är inte|behövs inte|krävs inte)|kräver inte (?:din )?underskrift",
    r"signature is not|not (?:need|have) to (?:be )?sign|no signature",
)
#: "must be signed or from a provable e-mail address": a verb is missing (001).
TORN_SENTENCE = re.compile(
    r"(?:allekirjoitettava|pyynnöllä [^.\n]{0,80}) (?:tai|taikka) \w{1,25} \w{1,25}sta"
    r" sähköpostiosoitteesta(?=\s*(?:\.|$))"
)
FORM = either(r"lomakk|lomake", r"formulär", r"\bform\b")
RESPONSE_TIME = either(
    r"(?:vasta|toteut|käsitt|ilmoi|kerro)\w{1,10}[^.\n]{0,80}(?:kuukau\w{1,5}|\d{1,2} päivä\w{1,3}"
    r"|viiko\w{1,4})|(?:kuukaude(?:n|ssa)|\d{1,2} päivän|viikossa|viikon)\b[^.\n]{0,80}(?:vasta"
    r"|toteut)",
    r"(?:svar|behandl)\w{0,4}[^.\n]{0,80}(?:månad|\d{1,2} dag)|inom (?:en|1) månad[^.\n]{0,80}svar",
    r"(?:answer|respond|reply|response|act on)\w{0,3}[^.\n]{0,80}(?:month"
    r"|\d{1,2} (?:calendar )?days)"
    r"|within (?:one|a|1) month[^.\n]{0,80}(?:answer|respond|reply)",
)
FREE = either(
    r"maksut(?:on|ta|tom)|veloitukset|ilmai(?:ne|se)|\bei(?:kä)? (?:\w{1,10} )?maksa\b|kuluitta",
    r"avgiftsfri|kostnadsfri|gratis|utan avgift|kostar (?:inget|ingenting|inte)",
    r"free of charge|no charge|without charge|no fee|costs nothing|for free",
)
COURT = either(
    r"tuomioistui|käräjäoike|oikeussuojakein|hallinto-oike",
    r"domstol|tingsrätt|rättsmedel",
    r"\bcourts?\b|judicial",
)
BARRED = either(
    r"yhteyshenkilö[^.\n]{0,120}\bei (?:\w{1,15} ){0,2}(?:voida|voi|saa) (?:\w{1,12} )?poist"
    r"|\bei (?:\w{1,15} ){0,2}(?:voida|voi) poistaa[^.\n]{0,120}yhteyshenkilö",
    r"kontaktperson[^.\n]{0,120}(?:kan|får)\b[^.\n]{0,60}\binte\b[^.\n]{0,30}(?:rader|tas bort)",
    r"contact person[^.\n]{0,120}(?:cannot|can not|may not) be (?:eras|delet|remov)",
)
TEMPLATE_TIME = either(r"\btänä aikana\b", r"\bunder denna tid\b", r"\bduring this time\b")
CONTACT_PEOPLE = either(
    r"edust\w{1,8} (?:yhteisö|organisaa|yrity)|yhteyshenkilöi\w{1,6}|(?:yrityks|organisaatio"
    r"|yhteisö)"
    r"\w{0,6} (?:yhteyshenkilö|edustaj)",
    r"organisation\w{0,4} som|kontaktpersoner|företräd",
    r"organi[sz]ation (?:you |they )?represent|contact persons|represented",
)

# What no register of ours holds

IDENTITY_CODE = either(
    r"\bhenkilötunnu\w{0,8}|\bhetu\w{0,4}\b|\bsosiaaliturvatunnu\w{0,8}",
    r"\bpersonbeteckning\w{0,4}|\bpersonnummer\w{0,4}|\bsocialskyddssignum\w{0,2}",
    r"\b(?:personal )?identity (?:code|number)s?\b|\bsocial security numbers?\b",
)
#: Special categories of data (art. 9(1)), and those of crimes (art. 10).
SPECIAL_DATA = either(
    r"\bterveys(?:tie|tila)\w{1,10}|\bterveydentila\w{0,8}|\bsairau[sdk]\w{0,10}"
    r"|\bdiagnoos\w{1,6}|\blääkity\w{1,8}|\ballergi\w{1,12}|\bpotilastie\w{1,8}"
    r"|\bsormenjäl\w{1,6}|\bbiometri\w{1,10}|\bgeneetti\w{1,10}|\betni\w{2,14}"
    r"|\buskonno\w{1,14}|\bpoliitti\w{1,8} (?:mieli|kanta|kanto|vakaum)\w{1,8}"
    r"|\bammattilii\w{1,14}|\bseksuaali\w{2,14}|\brikos(?:tuomi|rekist|tausta|tie)\w{1,10}",
    r"\bhälsouppgift\w{0,4}|\bhälsotillstånd\w{0,3}|\bsjukdom\w{0,4}|\bdiagnos\w{0,4}"
    r"|\bmedicinering\w{0,2}|\ballergi\w{0,4}|\bpatientuppgift\w{0,4}|\bfingeravtryck\w{0,2}"
    r"|\bbiometrisk\w{1,2}|\bgenetisk\w{1,2}|\betnisk\w{1,2}|\breligi\w{2,8}"
    r"|\bpolitiska åsikt\w{0,4}|\bfackförening\w{0,12}|\bfackligt medlem\w{0,8}|\bsexuell\w{1,10}"
    r"|\bbrottsregist\w{1,4}|\bfällande dom\w{0,4}",
    r"\bhealth (?:data|information|details)\b|\bstate of health\b|\billness(?:es)?\b"
    r"|\bdiagnos[ei]s\b|\bmedication\w?\b|\ballerg(?:y|ies)\b|\bpatient (?:data|records?)\b"
    r"|\bfingerprints?\b|\bbiometric\b|\bgenetic\b|\bethnic\b|\breligio\w{1,4}\b"
    r"|\bpolitical opinions?\b|\btrade union\b|\bsexual orientation\b|\bcriminal (?:record|conv)",
)
#: Addresses and data given for money, which no clause can hold; "myymme" alone sells goods.
SELLS_DATA = either(
    r"\b(?:myymme|myydään|vuokraamme|vuokrataan)\b[^.\n]{0,60}(?<!\w)(?:osoittei(?:ta|sto\w{0,4})"
    r"|\w{0,10}osoitteit\w{1,4}|(?:\w{2,12})?tie(?:toja|tojasi|dot|tosi|tojanne)"
    r"|\w{0,8}rekister\w{1,8})\b",
    r"\bvi (?:säljer|hyr ut)\b[^.\n]{0,60}\b(?:\w{0,10}adress\w{1,4}|\w{0,8}uppgifter\w{0,2}"
    r"|\w{0,6}regist\w{1,4})\b",
    r"\bwe (?:sell|rent out)\b[^.\n]{0,60}\b(?:addresses|data|details|mailing lists?|register)\b",
)
#: In own words, which no heading explains.
WE_COLLECT = either(
    r"\b(?:keräämme|tallennamme|käsittelemme|kirjaamme|rekisteröimme|kysymme|pyydämme)\b"
    r"|\b(?:kerätään|tallennetaan|käsitellään|kirjataan|kysytään)\b",
    r"\bvi (?:\w{1,12} )?(?:samlar|lagrar|behandlar|registrerar|frågar)\b|\bsparar vi\b",
    r"\bwe (?:\w{1,12} )?(?:collect|store|hold|process|record|keep|ask for)\b",
)
WE_KEEP = either(
    r"säily[tv]|\bpoist(?:etaan|amme)\b|\bhävit(?:etään|ämme)\b",
    r"\b(?:lagra|spara|bevara|förvara)[rs]\b|\braderas\b",
    r"\b(?:kept|keep|store[ds]?|retain(?:ed)?|deleted)\b",
)
