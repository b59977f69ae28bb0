// Asks for the live part at a steady pace. A worker does it because browsers slow the timers of hidden tabs, and the desk
// is hidden behind the case system all day.
let address = null;
let version = "";
let asking = false;

async function ask() {
  if (asking || !address) return;
  asking = true;
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), 5000);
  try {
    const url = address + (address.includes("?") ? "&" : "?") + "since=" + encodeURIComponent(version);
    const answer = await fetch(url, {
      headers: { "X-Fragment": "1" }, credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal,
    });
    const told = { asOf: answer.headers.get("X-As-Of"), unheard: answer.headers.get("X-Unheard") };
    if (answer.status === 401) postMessage({ kind: "signed-out" });
    else if (answer.status === 204) postMessage({ kind: "same", ...told });
    else if (answer.ok) {
      // The page has the last word on the version: it may refuse an answer that an action has overtaken.
      postMessage({ kind: "new", html: await answer.text(), version: answer.headers.get("X-Version"), ...told });
    }
  } catch {
    // Nothing came: the page's stamp grows old, and turns red by itself.
  } finally {
    clearTimeout(limit);
    asking = false;
  }
}

onmessage = (message) => {
  if (message.data.version !== undefined) version = message.data.version;
  if (message.data.address) {
    address = message.data.address;
    setInterval(ask, message.data.every);
  }
  if (message.data.now) ask();
};
