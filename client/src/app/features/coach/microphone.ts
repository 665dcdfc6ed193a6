import { PCM_RATE_HZ, resample } from '@libs/coach';

/** Runs on the browser's own thread for sound; a file of our own, as the page's policy wants it. */
const WORKLET_URL = '/pcm-worklet.js';

/** Why there is no sound, in words for the trader. */
export class MicrophoneFault extends Error {}

/** The trader's microphone as PCM, 24 kHz, in pieces of 40 ms. */
export class Microphone {
  private stream: MediaStream | null = null;
  private audio: AudioContext | null = null;
  /** An open that is under way; closing makes it come to nothing. */
  private generation = 0;

  constructor(private readonly onSamples: (samples: Int16Array) => void) {}

  get isOpen(): boolean {
    return this.stream !== null;
  }

  /** Opens it, asking the trader where the browser wants it so. Rejects with {@link MicrophoneFault}. */
  async open(): Promise<void> {
    if (this.isOpen) return;
    const generation = ++this.generation;
    const stream = await askForStream();
    try {
      const audio = await this.listenTo(stream);
      if (generation === this.generation) {
        this.stream = stream;
        this.audio = audio;
        return;
      }
      await audio.close();
    } catch (fault) {
      stopAll(stream);
      throw new MicrophoneFault('This browser cannot read the microphone. You can type.', { cause: fault });
    }
    stopAll(stream);
  }

  /** Closes it; the browser's own sign of it goes out. */
  close(): void {
    this.generation++;
    if (this.stream !== null) stopAll(this.stream);
    this.stream = null;
    void this.audio?.close();
    this.audio = null;
  }

  private async listenTo(stream: MediaStream): Promise<AudioContext> {
    const { audio, source } = contextFor(stream);
    await audio.audioWorklet.addModule(WORKLET_URL);
    const worklet = new AudioWorkletNode(audio, 'pcm-capture', { numberOfOutputs: 0 });
    worklet.port.onmessage = ({ data }: MessageEvent<Int16Array>) => {
      if (this.audio === audio) this.onSamples(resample(data, audio.sampleRate, PCM_RATE_HZ));
    };
    source.connect(worklet);
    if (audio.state === 'suspended') await audio.resume();
    return audio;
  }
}

async function askForStream(): Promise<MediaStream> {
  // Without TLS browsers keep the microphone from all but the own machine.
  const devices = (navigator as Partial<Navigator>).mediaDevices;
  if (devices === undefined)
    throw new MicrophoneFault('This browser gives a page its microphone over https only. You can type.');
  try {
    return await devices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (fault) {
    const isRefused = fault instanceof DOMException && fault.name === 'NotAllowedError';
    throw new MicrophoneFault(
      isRefused
        ? 'The browser keeps the microphone from this page. Allow it beside the address, or type.'
        : 'There is no microphone here. You can type.',
      { cause: fault },
    );
  }
}

/** Not every browser lets a microphone run at another rate than its own; there the samples are changed by us. */
function contextFor(stream: MediaStream): { audio: AudioContext; source: MediaStreamAudioSourceNode } {
  const audio = new AudioContext({ sampleRate: PCM_RATE_HZ });
  try {
    return { audio, source: audio.createMediaStreamSource(stream) };
  } catch {
    void audio.close();
    const own = new AudioContext();
    return { audio: own, source: own.createMediaStreamSource(stream) };
  }
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
