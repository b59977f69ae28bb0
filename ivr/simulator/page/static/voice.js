// The browser's own voice reads what is heard, in the language of the sentence. Off until the person wants it.

const synthesis = window.speechSynthesis;

export const isAvailable = Boolean(synthesis);

export function read(text, language) {
  if (!synthesis || !text) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language || "da-DK";
  const short = utterance.lang.slice(0, 2);
  const voice = synthesis.getVoices().find((each) => each.lang === utterance.lang) || synthesis.getVoices().find((each) => each.lang.startsWith(short));
  if (voice) utterance.voice = voice;
  synthesis.speak(utterance);
}

export function hush() {
  if (synthesis) synthesis.cancel();
}
