"""What callers say, and which topic comes first. `sure` goes on by itself, `likely` asks the caller first."""

import time

import pytest

SURE, LIKELY = 0.70, 0.40

# topic, and two sentences that stand in no grammar file
DANISH = """
pas               | jeg skal have fornyet mit pas inden vi tager til Tyrkiet
pas               | min datters pas udløber i næste måned
koerekort         | øh ja goddag, altså mit kørekort er blevet væk i svømmehallen
koerekort         | jeg fylder snart firs og skal have fornyet kørekortet
sundhedskort      | jeg har tabt mit gule kort på stranden
sundhedskort      | mit sygesikringsbevis er røget i vaskemaskinen
eu-sygesikring    | vi skal til Spanien og vil gerne have det blå kort med
eu-sygesikring    | hvordan får jeg sådan et EU sygesikringskort
laegeskift        | vi vil gerne skifte til en anden læge i byen
laegeskift        | min læge går på pension til nytår
flytning          | vi er lige flyttet og har fået ny adresse
flytning          | hvor melder man flytning henne
bopaelsattest     | banken beder om en bopælsattest
bopaelsattest     | jeg skal bruge dokumentation for min bopæl til en skole
mitid             | jeg har glemt min kode til MitID
mitid             | mit MitID er blevet spærret efter jeg fik ny telefon
digital-post      | jeg vil fritages for digital post
digital-post      | jeg kan ikke åbne min e-boks på computeren
legitimationskort | jeg skal have et ID kort for jeg har ikke noget kørekort
legitimationskort | kan man få legitimationskort hos jer
vielse            | vi skal giftes på rådhuset til foråret
vielse            | hvor søger man om en prøvelsesattest
navneaendring     | jeg vil gerne have min mands efternavn
navneaendring     | hvordan skifter jeg navn efter min skilsmisse
valg              | jeg har ikke fået noget valgkort
valg              | må jeg brevstemme hvis jeg er bortrejst
boligstoette      | kan jeg få boligstøtte til min nye lejlighed
boligstoette      | min husleje er steget og jeg får boligsikring
folkepension      | hvornår skal jeg søge om min folkepension
folkepension      | jeg spørger til ældrechecken
foertidspension   | hvor langt er I med min førtidspension
foertidspension   | jeg har fået afslag på at få førtidspension
kontanthjaelp     | min kontanthjælp er ikke gået ind på kontoen
kontanthjaelp     | jeg vil søge uddannelseshjælp
enkeltydelse      | kan man få hjælp til en tandlægeregning
enkeltydelse      | jeg søger hjælp til at betale depositum
helbredstillaeg   | får man helbredstillæg til nye briller
helbredstillaeg   | jeg er pensionist og vil have tilskud til min medicin
boernetilskud     | jeg er blevet alene med børnene og vil søge børnetilskud
boernetilskud     | børnepengene er ikke kommet i denne måned
ejendomsskat-laan | hvordan fungerer indefrysning af ejendomsskatten
ejendomsskat-laan | jeg vil låne til min grundskyld
sygedagpenge      | jeg har været sygemeldt siden august
sygedagpenge      | jeg vil gerne raskmelde mig fra på mandag
jobsamtale        | jeg skal til samtale i jobcentret onsdag men kan ikke nå det
jobsamtale        | jeg vil aflyse et møde på jobcentret
ledig             | jeg er lige blevet fyret og skal melde mig ledig
ledig             | hvordan kommer jeg ind på jobnet
fleksjob          | jeg er i gang med at få et fleksjob
fleksjob          | hvornår starter mit ressourceforløb
pladsanvisning    | hvornår kan min datter begynde i vuggestue
pladsanvisning    | vi vil gerne opsige pladsen i børnehaven
friplads          | jeg vil ansøge om økonomisk friplads
friplads          | får vi søskendetilskud til den yngste
skoleindskrivning | min søn skal skifte skole efter ferien
skoleindskrivning | hvordan skriver vi vores pige ind i børnehaveklassen
sfo               | jeg skal melde min søn ud af SFO
sfo               | er SFO'en åben i efterårsferien
sundhedspleje     | hvornår kommer sundhedsplejersken på besøg
sundhedspleje     | jeg har problemer med amningen
boernetandpleje   | min datter har en tid til tandregulering som skal flyttes
boernetandpleje   | min søn har slået en tand
bekymring         | jeg er bekymret for naboens to drenge
bekymring         | jeg vil gerne lave en underretning
hjemmehjaelp      | hjemmehjælpen er ikke dukket op hos min mor
hjemmehjaelp      | min far har brug for hjælp til at komme i bad
hjaelpemidler     | hjulet på min rollator er knækket
hjaelpemidler     | jeg skal have repareret mit høreapparat
madservice        | jeg vil afbestille maden i weekenden
madservice        | min mor vil gerne have bragt mad ud
plejebolig        | hvor lang er ventelisten til plejehjem
plejebolig        | min far kan ikke bo hjemme længere og skal på plejehjem
koersel           | hvem kan få handicapkørsel
koersel           | jeg mangler kørsel til lægen
genoptraening     | jeg er opereret i hoften og venter på genoptræning
genoptraening     | jeg vil flytte min træningstid
affald            | skraldemændene har ikke tømt vores spand i dag
affald            | vi skal have en større skraldespand
storskrald        | jeg har en gammel sofa der skal hentes
storskrald        | hvornår kommer I efter storskrald på min vej
genbrugsplads     | hvornår lukker genbrugspladsen om søndagen
genbrugsplads     | hvor kan jeg aflevere gammel maling
rotter            | der løber rotter rundt i min have
rotter            | jeg har set en rotte ved skuret
vejskade          | der er et stort hul i vejen ved brugsen
vejskade          | gadelygten uden for vores hus er gået ud
parkering         | jeg har fået en parkeringsbøde på torvet
parkering         | hvordan får jeg en beboerlicens
spildevand        | der står vand i kælderen fra kloakken
spildevand        | hvornår bliver min septiktank tømt
olietank          | har I modtaget attesten på min olietank
olietank          | jeg har sløjfet en gammel olietank
byggesag          | hvor langt er min byggesag
byggesag          | jeg har søgt om byggetilladelse til en tilbygning
carport           | må jeg bygge en carport uden at spørge
carport           | hvor stort et skur må jeg sætte op
bbr               | der står forkerte oplysninger om mit hus i BBR
bbr               | hvordan retter jeg boligarealet
regning           | jeg har fået en rykker men jeg har betalt
regning           | der er fejl i den faktura I har sendt
betalingsaftale   | jeg vil betale min gæld i rater
betalingsaftale   | kan jeg få en afdragsordning
aabningstider     | hvornår har rådhuset åbent på torsdag
aabningstider     | hvad er jeres åbningstider
tidsbestilling    | jeg vil gerne bestille en tid i borgerservice
tidsbestilling    | kan jeg flytte min tid i borgerservice
aktindsigt        | jeg ønsker aktindsigt i min sag
aktindsigt        | hvad har I registreret om mig
klage             | jeg vil klage over en afgørelse
klage             | hvor sender jeg min klage hen
medarbejder       | jeg vil tale med min sagsbehandler
medarbejder       | jeg har et ubesvaret opkald fra jer
menneske          | jeg vil tale med et rigtigt menneske
menneske          | stil mig om til omstillingen
"""

ENGLISH = """
pas               | I need to renew my passport before the summer
koerekort         | I lost my driving licence yesterday
sundhedskort      | how do I order a new yellow health card
eu-sygesikring    | can I have the blue european health card
laegeskift        | I would like to change my doctor
flytning          | we have moved to a new address
bopaelsattest     | my bank wants a proof of residence
mitid             | my MitID is blocked
digital-post      | I want to be exempt from digital post
legitimationskort | where can I get an identity card
vielse            | we want to get married at the town hall
navneaendring     | I want to change my last name
valg              | where can I vote on Tuesday
boligstoette      | how do I apply for housing benefit
folkepension      | when do I get my state pension
foertidspension   | how far is my disability pension
kontanthjaelp     | my social assistance is missing
enkeltydelse      | can you help me pay my dental bill
helbredstillaeg   | what about the health supplement for glasses
boernetilskud     | the child allowance has not arrived
ejendomsskat-laan | I have a property tax loan
sygedagpenge      | I am on sick leave and have not had any sickness benefit
jobsamtale        | I cannot make my meeting at the job centre
ledig             | I was fired and want to register as unemployed
fleksjob          | I am waiting for a flexible job
pladsanvisning    | I need a kindergarten place
friplads          | do we qualify for a childcare subsidy
skoleindskrivning | how do I enrol my son in school
sfo               | I want to cancel the after school care
sundhedspleje     | when does the health visitor come
boernetandpleje   | my daughter needs a children's dentist
bekymring         | I am worried about a child next door
hjemmehjaelp      | the home help did not turn up
hjaelpemidler     | my wheelchair is broken
madservice        | I would like meals on wheels for my mother
plejebolig        | how long is the waiting list for the nursing home
koersel           | I need transport to the hospital
genoptraening     | when does my rehabilitation begin
affald            | my bin has not been emptied
storskrald        | can you collect an old sofa
genbrugsplads     | is the recycling centre open on Sunday
rotter            | there are rats in my garden
vejskade          | there is a big pothole in my street
parkering         | I want to complain about a parking ticket
spildevand        | the sewer is blocked
olietank          | did you get the certificate for my oil tank
byggesag          | what is the status of my building permit
carport           | may I build a carport
bbr               | how do I correct the building register
regning           | there is a mistake in my invoice
betalingsaftale   | I would like to pay in instalments
aabningstider     | what are your opening hours
tidsbestilling    | I want to book an appointment
aktindsigt        | I want a copy of my file
klage             | I would like to make a complaint
medarbejder       | I want to speak to my caseworker
menneske          | let me talk to a real person
"""


def table(text):
    return [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("topic", "said"), table(DANISH))
def test_a_danish_sentence_leads_to_its_topic(matcher, topic, said):
    heard = matcher.hear(said, "da")

    assert heard.candidates[0].topic == topic, heard.candidates
    assert heard.candidates[0].confidence >= LIKELY


@pytest.mark.parametrize(("topic", "said"), table(ENGLISH))
def test_an_english_sentence_leads_to_its_topic(matcher, topic, said):
    heard = matcher.hear(said, "en")

    assert heard.candidates[0].topic == topic, heard.candidates
    assert heard.candidates[0].confidence >= LIKELY


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("jeg skal have nyt pas", "pas"),
        ("rotter", "rotter"),
        ("køre kort", "koerekort"),
        ("syge dagpenge", "sygedagpenge"),
        ("KOEREKORT!", "koerekort"),
        ("øhm altså affald", "affald"),
    ],
)
def test_a_plain_need_is_sure_even_as_the_recogniser_spells_it(matcher, said, topic):
    first = matcher.hear(said, "da").candidates[0]

    assert first.topic == topic
    assert first.confidence >= SURE


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("da", "jeg vil gerne bestille en pizza"),
        ("da", "hvad bliver vejret i morgen"),
        ("da", "hvor kan jeg købe en hest"),
        ("da", "jeg skal bruge en billig flybillet"),
        ("da", "hvem vandt kampen i går"),
        ("da", "kan du anbefale en god film"),
        ("da", "asdf qwer zxcv"),
        ("da", ""),
        ("da", "øh altså jeg ved det ikke rigtig"),
        ("en", "I would like to order a pizza"),
        ("en", "what is the weather like tomorrow"),
        ("en", "who won the match"),
    ],
)
def test_what_is_no_matter_of_ours_is_not_understood(matcher, language, said):
    assert [c for c in matcher.hear(said, language).candidates if c.confidence >= LIKELY] == []


@pytest.mark.parametrize(
    "said",
    [
        "jeg tror min nabo slår sine børn",
        "der er en lille pige der har blå mærker over det hele",
        "børnene ovenpå er alene hjemme om natten",
        "en dreng i min søns klasse får ikke noget at spise",
        "jeg er meget bekymret for mit barnebarn",
        "jeg er lærer og skal lave en underretning på en elev",
        "forældrene drikker og børnene passer sig selv",
        "min stedfar slår mig",
        "det er en pige som skærer i sig selv",
        "jeg vil anmelde omsorgssvigt",
    ],
)
def test_concern_for_a_child_is_always_heard(matcher, said):
    heard = matcher.hear(said, "da")

    assert heard.candidates[0].topic == "bekymring", heard.candidates
    assert heard.candidates[0].confidence >= LIKELY


def test_two_topics_that_fit_alike_are_both_candidates(matcher):
    topics = [c.topic for c in matcher.hear("jeg kan ikke betale min regning", "da").candidates[:2]]

    assert set(topics) == {"betalingsaftale", "regning"}


def test_a_doubtful_recogniser_lowers_confidence_and_a_silent_one_does_not(matcher):
    said = "jeg skal have nyt pas"

    plain, doubtful, unknown = (matcher.hear(said, "da", sure).candidates[0].confidence for sure in (None, 0.2, 0.0))

    assert doubtful < plain
    assert unknown == plain


def test_an_utterance_is_understood_well_within_ten_milliseconds(matcher):
    said = [sentence for _, sentence in table(DANISH)] * 3
    matcher.hear("pas", "da")

    begun = time.perf_counter()
    for sentence in said:
        matcher.hear(sentence, "da")

    assert (time.perf_counter() - begun) / len(said) < 0.010
