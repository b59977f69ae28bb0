// The microphone: off until the person wants it; what it hears goes to the exchange while a call is up.
// States: off, asking, on, muted; and why there is none: denied, missing, insecure, broken.

const highestOfATelephone = 3400; // Hz

export class Microphone {
  constructor({ onState, onLevel }) {
    this.onState = onState;
    this.onLevel = onLevel;
    this.state = "off";
    this.sid = null;
    this.socket = null;
  }

  get isOn() { return this.state === "on"; }

  async toggle() {
    if (this.state === "asking") return;
    if (this.isOn) this.stop("muted");
    else await this.begin();
  }

  async begin() {
    if (!window.isSecureContext || !navigator.mediaDevices) return this.become("insecure");
    this.become("asking");
    try {
      this.sound = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
      await this.listen();
    } catch (error) {
      this.stop({ NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing" }[error.name] || "broken");
      return undefined;
    }
    this.sound.getAudioTracks()[0].addEventListener("ended", () => this.isOn && this.stop("broken"));
    this.become("on");
    return this.connect();
  }

  async listen() {
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
    const lowPass = () => new BiquadFilterNode(this.context, { type: "lowpass", frequency: highestOfATelephone });
    const telephone = new AudioWorkletNode(this.context, "telephone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    telephone.port.onmessage = ({ data }) => this.hear(data);
    this.context.createMediaStreamSource(this.sound).connect(lowPass()).connect(lowPass()).connect(telephone);
    await this.context.resume();
  }

  hear({ piece, level }) {
    if (!this.isOn) return;
    this.onLevel(level);
    if (this.socket && this.socket.readyState === WebSocket.OPEN) this.socket.send(piece);
  }

  stop(state) {
    if (this.sound) this.sound.getTracks().forEach((track) => track.stop());
    if (this.context) this.context.close();
    this.sound = this.context = null;
    this.disconnect();
    this.onLevel(0);
    this.become(state);
  }

  // The line that the sound goes to; null when there is no call.
  use(sid) {
    if (sid === this.sid) return;
    this.disconnect();
    this.sid = sid;
    this.connect();
  }

  connect() {
    if (!this.isOn || !this.sid || this.socket) return;
    const address = new URL(`/phone/api/lines/${this.sid}/microphone`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.addEventListener("close", () => { if (this.socket === socket) this.socket = null; });
    this.socket = socket;
  }

  disconnect() {
    const { socket } = this;
    this.socket = null;
    if (socket) socket.close();
  }

  become(state) {
    this.state = state;
    this.onState(state);
  }
}
