// The conversation as bubbles, and the text messages.

const log = document.getElementById("log");
const texts = document.getElementById("texts");
const shownTexts = new Set();

const clockOf = (at) => at.toLocaleTimeString(document.documentElement.lang === "en" ? "en-GB" : "da-DK", { hour: "2-digit", minute: "2-digit" });

// Danish numbers in pairs, as people read them.
export const grouped = (number) => number.replace(/^(\+45)(\d\d)(\d\d)(\d\d)(\d\d)$/, "$1 $2 $3 $4 $5");

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function append(node) {
  const empty = document.getElementById("log-empty");
  if (empty) empty.remove();
  log.append(node);
  log.scrollTop = log.scrollHeight;
}

export function startCall(party) {
  append(element("p", "call-start", `${party} · ${clockOf(new Date())}`));
}

export function clear() {
  log.replaceChildren();
  texts.querySelectorAll(".sms").forEach((node) => node.remove());
  shownTexts.clear();
  document.getElementById("text-count").hidden = true;
  document.getElementById("texts-empty").hidden = false;
}

// What is not a turn of the call: somebody has come on the line, or has put one on hold.
export function note(text) {
  append(element("p", "event", text));
}

export function add(turn, words) {
  if (turn.kind === "happened") {
    const isSaidAlready = turn.text === "call completed" && log.lastElementChild && log.lastElementChild.dataset.ending;
    if (isSaidAlready) return; // "you hung up" is enough
    const event = element("p", "event", words[turn.text.replaceAll(" ", "_")] || turn.text);
    event.dataset.ending = turn.text === "answers" ? "" : turn.text;
    append(event);
    return;
  }
  const kinds = { heard: "heard", talk: "talk-turn", said: "said", pressed: "pressed" };
  const bubble = element("div", `bubble ${kinds[turn.kind]}${turn.is_heeded ? "" : " not-heeded"}`);
  const who = { heard: words.machine, talk: words.person, said: words.you, pressed: words.pressed }[turn.kind];
  bubble.append(element("small", "", turn.is_heeded ? who : `${who} – ${words.not_heeded}`));
  if (turn.kind === "pressed") bubble.append(element("kbd", "", turn.text));
  else {
    const isMedia = turn.text.startsWith("[");
    const sentence = element("span", "", isMedia ? `♪ ${words.music}` : turn.text);
    if (turn.language) sentence.lang = turn.language;
    bubble.append(sentence);
  }
  append(bubble);
}

export function showTexts(inbox) {
  for (const sms of inbox) {
    if (shownTexts.has(sms.sid)) continue;
    shownTexts.add(sms.sid);
    const node = element("article", "sms");
    const head = element("p", "sms-head");
    head.append(element("span", "", grouped(sms.from)), element("time", "", clockOf(new Date(sms.at))));
    const body = element("p");
    body.append(...withLinks(sms.text));
    node.append(head, body);
    document.getElementById("texts-empty").hidden = true;
    document.getElementById("texts-empty").after(node);
  }
  const count = document.getElementById("text-count");
  count.hidden = shownTexts.size === 0;
  count.textContent = shownTexts.size;
}

function withLinks(text) {
  return text.split(/(https?:\/\/[^\s]+[^\s.,;:!?)])/).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const link = element("a", "", part);
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  });
}
