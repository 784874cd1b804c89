"""The confidentiality undertaking that everybody signs until the controller writes its own."""

DEFAULT_VERSION = 1

DEFAULT_TEXTS: dict[str, str] = {
    "fi": """\
Saan käyttää asiakasrekisteriä, koska tarvitsen sitä työssäni. Sitoudun seuraavaan:

1. Katson, lisään ja muutan vain niitä tietoja, joita työtehtäväni edellyttää.
2. En kerro, luovuta enkä näytä rekisterin tietoja kenellekään, jolla ei ole oikeutta niihin. \
Tämä koskee yhtä lailla työtovereita, läheisiäni ja ulkopuolisia.
3. En käytä tietoja omaksi tai toisen hyödyksi enkä kenenkään vahingoksi.
4. Tunnukseni ja salasanani ovat henkilökohtaiset. En anna niitä toiselle enkä jätä laitetta \
auki niin, että toinen voi käyttää sitä nimissäni.
5. Säilytän tulosteet ja tiedostot niin, etteivät sivulliset pääse niihin, ja hävitän ne \
turvallisesti, kun en enää tarvitse niitä.
6. Jos epäilen, että tietoja on joutunut vääriin käsiin, kadonnut tai muuttunut luvatta, \
kerron siitä heti rekisterin yhteyshenkilölle.

Tiedän, että ohjelma kirjaa, kuka muutti mitä tietoa, milloin ja miksi, ja kuka katsoi kenen \
tietoja, milloin ja mitä varten.

Salassapitovelvollisuus jatkuu senkin jälkeen, kun työni tai toimeksiantoni päättyy. Tiedän, \
että sen rikkominen voi johtaa vahingonkorvaukseen ja rangaistukseen.
""",
    "sv": """\
Jag får använda kundregistret eftersom jag behöver det i mitt arbete. Jag förbinder mig till \
följande:

1. Jag läser, lägger till och ändrar bara de uppgifter som mina arbetsuppgifter kräver.
2. Jag berättar inte om, lämnar inte ut och visar inte uppgifter ur registret för någon som inte \
har rätt till dem. Det gäller lika för arbetskamrater, närstående och utomstående.
3. Jag använder inte uppgifterna till min egen eller någon annans fördel och inte till skada för \
någon.
4. Mitt användarkonto och mitt lösenord är personliga. Jag ger dem inte till någon annan och \
lämnar inte enheten öppen så att någon annan kan använda den i mitt namn.
5. Jag förvarar utskrifter och filer så att utomstående inte kommer åt dem och förstör dem säkert \
när jag inte längre behöver dem.
6. Om jag misstänker att uppgifter har hamnat i fel händer, försvunnit eller ändrats utan lov \
berättar jag det genast för registrets kontaktperson.

Jag vet att programmet antecknar vem som har ändrat vilken uppgift, när och varför, och vem som \
har sett på vems uppgifter, när och för vad.

Tystnadsplikten fortsätter också efter att mitt arbete eller uppdrag har upphört. Jag vet att \
brott mot den kan leda till skadestånd och straff.
""",
    "en": """\
I may use the customer register because I need it in my work. I undertake the following:

1. I look at, add and change only the data that my work requires.
2. I do not tell, give or show data of the register to anyone who has no right to them. This \
holds for colleagues, for people close to me and for outsiders alike.
3. I do not use the data for my own or another's gain, nor to anyone's harm.
4. My account and my password are personal. I give them to nobody and do not leave a device open \
so that someone else can use it in my name.
5. I keep printouts and files where others cannot get at them and destroy them safely when I no \
longer need them.
6. If I suspect that data have fallen into the wrong hands, have been lost or have been changed \
without permission, I tell the register's contact person at once.

I know that the program records who changed which data, when and why, and who looked at \
whose data, when and for what.

The duty of confidentiality continues after my work or assignment ends. I know that breaking it \
may lead to damages and to punishment.
""",
}
