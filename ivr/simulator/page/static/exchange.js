// The phone API of the simulated carrier.

const base = "/phone/api";

async function request(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(base + path, options);
  if (!response.ok) throw new Error(`${response.status} ${path}`);
  return response.status === 204 ? null : response.json();
}

export const phone = (number) => request(`/phones/${encodeURIComponent(number)}`);
export const placeCall = (number, to, hidden) => request(`/phones/${encodeURIComponent(number)}/calls`, { to, hidden });
export const line = (sid, since) => request(`/lines/${sid}?since=${since}`);
export const press = (sid, digits) => request(`/lines/${sid}/press`, { digits });
export const say = (sid, text) => request(`/lines/${sid}/say`, { text });
export const act = (sid, what) => request(`/lines/${sid}/${what}`, {});
