// Keeps the live part of a page alive: patches it when it changed, lets the clocks in it run, and says when it is stale.
// What somebody is writing is left alone: `data-keep` marks parts that are not touched while they stand.
"use strict";

const live = document.getElementById("live");
const stamp = document.getElementById("stamp");
const announcer = document.getElementById("announce");
const STALE_MILLISECONDS = 5000;

const Live = {
  worker: null,
  heardAt: Date.now(),
  ahead: 0, // the server's clock minus ours
  listeners: [],

  part: () => live.firstElementChild,

  start() {
    this.clockFrom(this.part().dataset.asOf);
    this.announced = this.part().dataset.announce;
    this.worker = new Worker(live.dataset.worker);
    this.worker.onmessage = (message) => this.heard(message.data);
    this.worker.postMessage({ version: this.part().dataset.version });
    this.worker.postMessage({ address: live.dataset.live, every: Number(live.dataset.every) });
    setInterval(() => this.tick(), 1000);
    this.tick();
    live.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("visibilitychange", () => document.hidden || this.worker.postMessage({ now: true }));
  },

  heard(answer) {
    if (answer.kind === "signed-out") {
      location.assign(live.dataset.login);
      return;
    }
    this.clockFrom(answer.asOf);
    // The page of messages counts for itself, and is never behind.
    if (answer.unheard !== null && this.part().dataset.count === undefined) this.count(answer.unheard);
    if (answer.kind === "new") this.patch(answer.html);
    this.tick();
  },

  // How many messages wait, in the header.
  count(unheard) {
    const badge = document.getElementById("unheard");
    badge.hidden = unheard === "0";
    if (badge.firstElementChild.textContent !== unheard) badge.firstElementChild.textContent = unheard;
  },

  clockFrom(asOf) {
    const moment = Date.parse(asOf);
    if (Number.isNaN(moment)) return;
    this.heardAt = Date.now();
    this.ahead = moment - this.heardAt;
    if (stamp) {
      const shown = stamp.querySelector("time");
      shown.dateTime = asOf;
      shown.textContent = new Intl.DateTimeFormat("da-DK", {
        hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: this.part().dataset.zone,
      }).format(moment).replaceAll(".", ":");
    }
  },

  patch(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const fresh = parsed.body.firstElementChild;
    // An older answer may come in after a newer one.
    if (!fresh || Date.parse(fresh.dataset.asOf) < Date.parse(this.part().dataset.asOf)) return;
    Idiomorph.morph(this.part(), fresh, {
      callbacks: {
        beforeNodeMorphed: (old, next) =>
          !(old instanceof Element && old.hasAttribute("data-keep") && old.id && old.id === next.id),
      },
    });
    this.worker.postMessage({ version: this.part().dataset.version });
    this.announce();
    this.listeners.forEach((listener) => listener(this.part()));
  },

  announce() {
    const words = this.part().dataset.announce;
    if (announcer && words !== this.announced) {
      this.announced = words;
      announcer.textContent = words;
    }
  },

  tick() {
    const now = Date.now() + this.ahead;
    for (const shown of document.querySelectorAll("time[data-since]")) write(shown, now - Date.parse(shown.dataset.since));
    for (const shown of document.querySelectorAll("time[data-until]")) write(shown, Date.parse(shown.dataset.until) - now);
    for (const bar of document.querySelectorAll("[data-bar-since]")) {
      const share = (now - Date.parse(bar.dataset.barSince)) / 10 / Number(bar.dataset.barFull);
      bar.setAttribute("width", Math.min(100, Math.max(2, share)).toFixed(1) + "%");
      bar.classList.toggle("late", share >= 50);
    }
    if (!stamp) return;
    const stale = Date.now() - this.heardAt > STALE_MILLISECONDS;
    stamp.classList.toggle("stale", stale);
    const why = stale ? " · " + stamp.dataset.stale : "";
    const said = stamp.querySelector(".why");
    if (said.textContent !== why) said.textContent = why;
  },

  async submit(event) {
    const form = event.target;
    if (!form.matches("form[data-patch]")) return;
    event.preventDefault();
    const button = event.submitter;
    const body = new FormData(form, button);
    if (button) button.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(button?.hasAttribute('formaction') ? button.formAction : form.action, {
        method: "POST", body, headers: { "X-Fragment": "1" }, credentials: "same-origin",
      });
      if (answer.status === 401) location.assign(live.dataset.login);
      else if (answer.ok) {
        this.clockFrom(answer.headers.get("X-As-Of"));
        form.dispatchEvent(new CustomEvent("ivr:sent", { bubbles: true }));
        this.patch(await answer.text());
      } else location.reload();
    } catch {
      stamp.classList.add("stale"); // the connection is gone: nothing was sent, and the stamp says so
    } finally {
      if (button) button.removeAttribute("aria-busy");
    }
  },
};

function write(shown, milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const text = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  if (shown.textContent !== text) shown.textContent = text;
}

if (live) Live.start();
