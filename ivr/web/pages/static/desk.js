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

// A draft lives in this tab alone, until it is saved or the tab is closed.
const draftKey = (contact) => `ivr-note-${contact}`;

function restoreDrafts() {
  for (const field of document.querySelectorAll("textarea[data-draft]")) {
    if (!field.value) field.value = sessionStorage.getItem(draftKey(field.dataset.draft)) || "";
  }
}

live.addEventListener("input", (event) => {
  const contact = event.target.dataset?.draft;
  if (contact) sessionStorage.setItem(draftKey(contact), event.target.value);
});
live.addEventListener("ivr:sent", (event) => {
  if (event.target.dataset.clears) sessionStorage.removeItem(draftKey(event.target.dataset.clears));
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat || !event.code.startsWith("Key")) return;
  const button = document.querySelector(`button[data-key="${event.code.slice(3).toLowerCase()}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

Live.listeners.push(ring, restoreDrafts);
offerNotifications();
restoreDrafts();
ring(Live.part());
