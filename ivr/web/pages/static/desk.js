// What the desk adds to a live page: it makes itself seen when a call comes, keeps drafts, and has keys.
"use strict";

const icon = document.getElementById("icon");
const plainTitle = document.title;
const notifyButton = document.getElementById("notify");
let rung = null;

function ring(part) {
  const ringing = part.dataset.ringing || null;
  document.title = part.dataset.title ? `☎ ${part.dataset.title}` : plainTitle;
  const wanted = ringing ? live.dataset.iconRinging : live.dataset.icon;
  if (icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  if (ringing && ringing !== rung) notify(part);
  rung = ringing;
}

// The topic only: a notification shows on locked screens, and the caller's number is nobody else's business.
function notify(part) {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  const shown = new Notification(part.dataset.title, { body: part.dataset.announce, tag: "ivr-call" });
  shown.onclick = () => { window.focus(); shown.close(); };
}

function offerNotifications() {
  if (!("Notification" in window)) return;
  const tell = () => {
    const state = Notification.permission;
    notifyButton.hidden = false;
    notifyButton.disabled = state !== "default";
    if (state === "granted") notifyButton.textContent = notifyButton.dataset.on;
    if (state === "denied") notifyButton.textContent = notifyButton.dataset.blocked;
  };
  notifyButton.addEventListener("click", () => Notification.requestPermission().then(tell));
  tell();
}

// A draft is there in every tab of this browser, as long as its contact is at the desk; it is personal data.
const DRAFT = "ivr-note-";

function restoreDrafts() {
  for (const field of document.querySelectorAll("textarea[data-draft]")) {
    if (!field.value) field.value = localStorage.getItem(DRAFT + field.dataset.draft) || "";
  }
}

function forgetOtherDrafts(part) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(DRAFT) && key !== DRAFT + part.dataset.contact) localStorage.removeItem(key);
  }
}

live.addEventListener("input", (event) => {
  const contact = event.target.dataset?.draft;
  if (contact) localStorage.setItem(DRAFT + contact, event.target.value);
});

// Somebody writes in another tab.
window.addEventListener("storage", (event) => {
  const field = event.key?.startsWith(DRAFT) && document.querySelector(`textarea[data-draft="${CSS.escape(event.key.slice(DRAFT.length))}"]`);
  if (field && event.newValue !== null && document.activeElement !== field) field.value = event.newValue;
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat || !event.code.startsWith("Key")) return;
  const button = document.querySelector(`button[data-key="${event.code.slice(3).toLowerCase()}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

Live.listeners.push(ring, forgetOtherDrafts, restoreDrafts);
offerNotifications();
forgetOtherDrafts(Live.part());
restoreDrafts();
ring(Live.part());
