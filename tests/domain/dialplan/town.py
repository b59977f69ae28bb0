"""A small town's plan, whole and sound; tests break one thing in it at a time."""

from ivr.domain.dialplan.document import Source
from ivr.domain.language import Language

ROUTES = """\
municipality:
  name: {da: Lillebælt Kommune, en: Lillebaelt Municipality}
  sms_sender: Lillebaelt
  time_zone: Europe/Copenhagen
languages:
  da: {name: Dansk, carrier: da-DK, voice: Google.da-DK-Wavenet-F, recogniser: carrier}
  en: {name: English, carrier: en-GB, called: [engelsk, speak english]}
numbers:
  "+4572001234":
    id: main
    name: {da: Hovednummeret, en: Main number}
    greeting: {da: "Velkommen til Lillebælt Kommune.", en: "Welcome to Lillebaelt Municipality."}
    languages: [da, en]
    menu: main
    hours: townhall
    person: omstilling
    fallback: "+4572001299"
hours:
  townhall: {mon: 9-15, tue: "9-12, 13-17", thu: 8:30-17}
  duty: always
holidays: DK
closing_days:
  - {day: 2026-12-24, reason: Juleaftensdag}
  - {day: 2027-06-05, closes: 12:00, reason: Grundlovsdag}
notices:
  - id: mitid-drift
    text: {da: "MitID er nede.", en: "MitID is down."}
    topics: [pas]
    from: 2026-11-20
    until: 2026-11-30
menus:
  main:
    options:
      1: {label: {da: For borgerservice, en: For citizen service}, menu: borgerservice}
      2: {label: {da: For affald, en: For waste}, topic: affald}
      3: {label: {da: For omstillingen, en: For the switchboard}, group: omstilling}
  borgerservice:
    title: {da: Borgerservice, en: Citizen service}
    options:
      1: {label: {da: For pas, en: For passport}, topic: pas}
      2: {label: {da: For et barn du er bekymret for, en: For a child you worry about}, topic: bekymring}
topics:
  pas:
    title: {da: Pas, en: Passport}
    kind: link
    group: borgerservice
    answer: {da: "Du skal møde op. Bestil tid på nettet.", en: "You must come in person. Book a time online."}
    link: {da: "https://lillebaelt.example/pas", en: "https://lillebaelt.example/en/passport"}
    skill: pas
    level: 2
    kle: ""
  affald:
    title: {da: Affald, en: Waste}
    kind: route
    group: omstilling
  bekymring:
    title: {da: Bekymring for et barn, en: Concern for a child}
    kind: urgent
    group: vagt
    anonymous: true
    fallback: "+4572001288"
groups:
  omstilling:
    name: {da: Omstillingen, en: Switchboard}
    hours: townhall
  borgerservice:
    name: {da: Borgerservice, en: Citizen Service}
    hours: townhall
    target: {share: 0.9, seconds: 30}
    weight: 1.5
    ring_seconds: 15
    wrap_up_seconds: 60
    finished_after_seconds: 30
    longest_wait_minutes: 20
    return_within_seconds: 90
    callback: {offered_from_minutes: 5, tries: 2}
    hold:
      longest_line: 40
      messages:
        - {da: Hav din sag ved hånden., en: Have your case at hand.}
    takes_messages: false
  vagt:
    name: {da: Den sociale vagt, en: Duty officer}
    hours: duty
departments:
  raadhuset: {name: {da: Rådhuset, en: Town hall}, group: omstilling}
understanding: {sure: 0.8, likely: 0.5, margin: 0.1, failures: 2, either: 0.3}
carrier: {calls_per_second: 2}
prompts:
  did_it_help: {da: "Hjalp {topic}-svaret dig?", en: "Did the {topic} answer help?"}
"""

DANISH = 'did_it_help: "Hjalp det dig med {topic}?"\ngoodbye: Farvel.\n'
ENGLISH = 'did_it_help: "Did that help you with {topic}?"\ngoodbye: Goodbye.\n'


def routes(text: str | bytes = ROUTES) -> Source:
    return Source("routes.yaml", text)


def prompts(danish: str = DANISH, english: str = ENGLISH) -> dict[Language, Source]:
    return {Language("da"): Source("da.yaml", danish), Language("en"): Source("en.yaml", english)}
