// Microphone samples in pieces of 40 ms, 16 bits; runs on the browser's thread for sound.
class PcmCapture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Int16Array(Math.round(sampleRate / 25));
    this.filled = 0;
  }

  process([input]) {
    const channel = input?.[0];
    if (!channel) return true;
    for (const sample of channel) {
      this.piece[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled < this.piece.length) continue;
      const full = this.piece;
      this.piece = new Int16Array(full.length);
      this.filled = 0;
      this.port.postMessage(full, [full.buffer]);
    }
    return true;
  }
}

registerProcessor('pcm-capture', PcmCapture);
