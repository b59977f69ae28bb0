// What a telephone makes of sound: 8000 samples a second, each one byte of µ-law (ITU-T G.711), in pieces of 20 ms.

const rate = 8000;
const pieceBytes = 160;
const bias = 33; // G.711 puts it on the 14-bit magnitude
const loudest = 8158;

function muLaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.round(Math.abs(sample) * loudest), loudest) + bias;
  const segment = Math.floor(Math.log2(magnitude)) - 5;
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 1)) & 0x0f)) & 0xff;
}

class Telephone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / rate;
    this.position = 0; // of the next sample to take, between `last` (0) and the samples that come (1, 2, …)
    this.last = 0;
    this.level = 0;
    this.piece = new Uint8Array(pieceBytes);
    this.filled = 0;
  }

  process([[samples]]) {
    if (!samples) return true;
    const at = (index) => (index === 0 ? this.last : samples[index - 1]);
    while (this.position < samples.length) {
      const before = Math.floor(this.position);
      const share = this.position - before;
      this.take(at(before) * (1 - share) + at(before + 1) * share);
      this.position += this.step;
    }
    this.position -= samples.length;
    this.last = samples[samples.length - 1];
    return true;
  }

  take(sample) {
    this.level = Math.max(this.level, Math.abs(sample));
    this.piece[this.filled] = muLaw(sample);
    this.filled += 1;
    if (this.filled < pieceBytes) return;
    this.port.postMessage({ piece: this.piece, level: this.level });
    this.piece = new Uint8Array(pieceBytes);
    this.filled = 0;
    this.level = 0;
  }
}

registerProcessor("telephone", Telephone);
