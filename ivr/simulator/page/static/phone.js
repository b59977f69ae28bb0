// The phone page: asks the exchange what happens on this phone and shows it.

import * as exchange from "./exchange.js";
import * as transcript from "./transcript.js";
import * as voice from "./voice.js";
import { Microphone } from "./microphone.js";

const body = document.body;
const words = JSON.parse(body.dataset.texts);
const names = JSON.parse(body.dataset.names);
const at = (id) => document.getElementById(id);
const pollMilliseconds = 500;

let sid = null; // the line that is shown
let seen = 0;
let isLive = false;
let isConnected = false; // a person is on the other end
let isHeld = false;
let ringing = null;
let isListenedTo = false; // somebody takes the sound of this line
let endedAt = 0;

const microphone = new Microphone({ onState: showMicrophone, onLevel: (level) => { at("level").value = level; } });

const owner = () => body.dataset.number || at("from").value;
const called = (number) => names[number] || (number === "anonymous" ? words.hidden : transcript.grouped(number));

function show(line) {
  isLive = line.is_live;
  const state = !isLive ? "idle" : line.state !== "in-progress" ? "ringing" : line.in_talk ? "talk" : "live";
  const text = !isLive ? words.ended : line.is_held ? words.on_hold : state === "talk" ? words.in_talk
    : state === "ringing" ? (line.direction === "out" ? words.calling : words.ringing) : line.hears_music ? `${words.connected} · ♪ ${words.music}` : words.connected;
  display(state, text, called(line.direction === "out" ? line.to : line.from), line.seconds);
  for (const turn of line.turns) {
    if (turn.kind === "talk") connected(true); // a look may come late
    transcript.add(turn, words);
    if (at("voice").checked && (turn.kind === "heard" || turn.kind === "talk")) voice.read(turn.text.startsWith("[") ? "" : turn.text, turn.language || "da-DK");
    if (turn.kind === "pressed" || turn.kind === "said") voice.hush();
  }
  if (line.is_held && !isHeld) transcript.note(words.on_hold);
  isHeld = line.is_held;
  isListenedTo = line.is_listened_to;
  connected(isLive && line.in_talk);
  seen = line.next;
  if (!isLive) { voice.hush(); endedAt = Date.now(); }
  controls();
}

function connected(now) {
  if (now && !isConnected) transcript.note(words.person_there);
  isConnected = now;
}

function display(state, text, party, seconds) {
  at("screen").dataset.state = state;
  if (at("state").textContent !== text) at("state").textContent = text;
  at("party").textContent = party;
  at("time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function controls() {
  at("dial").hidden = isLive || Boolean(ringing);
  at("hang-up").hidden = !isLive;
  at("sentence").disabled = at("say").disabled = !isLive;
  at("incoming").hidden = !ringing || isLive;
  microphone.use(isLive ? sid : null);
  showMicrophone(microphone.state);
}

function showMicrophone(state) {
  const heard = !isLive ? "waits" : isListenedTo ? "listens" : "unheard";
  const text = words.microphone[state === "on" ? heard : state];
  at("microphone-row").dataset.state = state === "on" ? heard : state;
  at("microphone").setAttribute("aria-pressed", String(state === "on"));
  if (at("microphone-state").textContent !== text) at("microphone-state").textContent = text;
}

function showRinging(lines) {
  const first = lines.find((each) => each.sid !== sid) || null;
  if (first && (!ringing || ringing.sid !== first.sid)) {
    at("incoming-from").textContent = `${words.incoming} ${called(first.from)}`;
    document.title = `☎ ${words.incoming} ${called(first.from)}`;
    display("ringing", words.ringing, called(first.from), 0);
    if (!document.activeElement || document.activeElement === body) setTimeout(() => at("answer").focus(), 0);
  } else if (!first && ringing) {
    document.title = title;
    if (!isLive) display("idle", words.idle, called(owner()), 0);
  }
  ringing = first;
  controls();
}

function take(newSid) {
  if (newSid === sid) return; // a look that was under way has found it already
  sid = newSid;
  seen = 0;
  isLive = true;
  isConnected = isHeld = false;
}

async function look() {
  try {
    const phone = await exchange.phone(owner());
    showRinging(phone.ringing);
    transcript.showTexts(phone.inbox);
    if (phone.line && phone.line !== sid) take(phone.line);
    if (sid && isLive) show(await exchange.line(sid, seen));
    else if (endedAt && Date.now() - endedAt > 4000 && !ringing) { endedAt = 0; display("idle", words.idle, called(owner()), 0); }
    at("trouble").hidden = true;
  } catch (error) {
    at("trouble").textContent = words.lost;
    at("trouble").hidden = false;
  }
}

let looking = Promise.resolve();
const soon = () => (looking = looking.then(look));
async function poll() {
  await soon();
  setTimeout(poll, pollMilliseconds);
}

async function press(key) {
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("is-down");
  setTimeout(() => button.classList.remove("is-down"), 150);
  if (isLive) { await exchange.press(sid, key); soon(); }
}

at("dial").addEventListener("submit", async (event) => {
  event.preventDefault();
  const line = await exchange.placeCall(owner(), at("to").value, at("hidden").checked);
  take(line.sid);
  transcript.startCall(called(at("to").value));
  controls();
  at("hang-up").focus();
  soon();
});
at("hang-up").addEventListener("click", async () => { await exchange.act(sid, "hang-up"); await soon(); at("call").focus(); });
at("answer").addEventListener("click", async () => {
  const { sid: incoming, from } = ringing;
  transcript.startCall(called(from));
  document.title = title;
  await exchange.act(incoming, "answer");
  ringing = null;
  take(incoming);
  controls();
  at("hang-up").focus();
  soon();
});
at("decline").addEventListener("click", async () => { await exchange.act(ringing.sid, "decline"); soon(); });
at("keypad").addEventListener("click", (event) => { const key = event.target.closest("[data-key]"); if (key) press(key.dataset.key); });
at("speak").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = at("sentence").value.trim();
  at("sentence").value = "";
  if (text && isLive) { await exchange.say(sid, text); soon(); }
});
at("microphone").addEventListener("click", () => microphone.toggle());
at("voice").addEventListener("change", () => { if (!at("voice").checked) voice.hush(); });
at("from").addEventListener("change", () => { sid = null; isLive = false; seen = 0; transcript.clear(); display("idle", words.idle, called(owner()), 0); controls(); soon(); });
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && /^[0-9*#]$/.test(event.key)) { event.preventDefault(); press(event.key); }
});

if (!voice.isAvailable) at("voice").closest("label").hidden = true;
const title = document.title;
display("idle", words.idle, called(owner()), 0);
controls();
poll();
