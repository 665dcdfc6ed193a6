/** What a page played and sent, kept by the page itself under `__heard`. */
export interface Heard {
  /** Whether anything audible is being played right now. */
  readonly isLoud: boolean;
  /** Newest moment at which something audible was played, by the page's clock. */
  readonly loudAtMs: number;
  /** When Esc was pressed last. */
  readonly escapeAtMs: number;
  /** Types of the frames the page sent but for sound, with their moments. */
  readonly sent: readonly { readonly type: string; readonly atMs: number }[];
  /** Sockets the page has opened. */
  readonly sockets: number;
}

declare global {
  /** There inside the browser, never here. */
  var __heard: Heard;
}

/** Listens to what goes to the loudspeaker and to what is sent; runs in the page before anything of its own. */
export const LISTEN_IN = `{
  const heard = { isLoud: false, loudAtMs: 0, escapeAtMs: 0, sent: [], sockets: 0 };
  globalThis.__heard = heard;
  const { connect } = AudioNode.prototype;
  const taps = new WeakMap();
  AudioNode.prototype.connect = function (...given) {
    if (given[0] instanceof AudioDestinationNode) {
      if (!taps.has(this.context)) {
        const tap = new AnalyserNode(this.context, { fftSize: 256 });
        taps.set(this.context, tap);
        const samples = new Float32Array(256);
        setInterval(() => {
          tap.getFloatTimeDomainData(samples);
          heard.isLoud = samples.some((sample) => Math.abs(sample) > 0.003);
          if (heard.isLoud) heard.loudAtMs = performance.now();
        }, 5);
      }
      connect.call(this, taps.get(this.context));
    }
    return connect.apply(this, given);
  };
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') heard.escapeAtMs = performance.now();
  }, true);
  const Plain = WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      heard.sockets++;
    }
    send(data) {
      const { type } = JSON.parse(data);
      if (type !== 'input_audio_buffer.append') heard.sent.push({ type, atMs: performance.now() });
      super.send(data);
    }
  };
}`;
