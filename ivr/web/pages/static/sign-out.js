// Whoever signs out leaves nothing behind that was written about a caller.
"use strict";

document.getElementById("sign-out").addEventListener("submit", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith("ivr-note-")) localStorage.removeItem(key);
});
