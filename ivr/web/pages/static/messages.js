// What messages add to a live page: one sound at a time, a word where one cannot be fetched, and the number in the header.
"use strict";

const muteOf = (audio) => audio.closest(".letter").querySelector(".mute");

// Neither event bubbles, so both are caught on their way down.
live.addEventListener("play", (event) => {
  muteOf(event.target).textContent = "";
  for (const other of live.querySelectorAll("audio")) if (other !== event.target) other.pause();
}, true);

live.addEventListener("error", (event) => {
  if (!(event.target instanceof HTMLAudioElement)) return;
  const mute = muteOf(event.target);
  mute.textContent = mute.dataset.text;
}, true);

// While a message that goes away has the focus, idiomorph moves the others around it, and a sound that is moved stops.
live.addEventListener("ivr:sent", () => document.activeElement.blur());

Live.listeners.push((part) => {
  Live.count(part.dataset.count);
  // The button that was pressed has gone with its message: whoever works by keyboard goes on from what was said.
  const said = part.querySelector("#said");
  if (said && document.activeElement === document.body) said.focus();
});
