/** The browser's own speech recognition, as far as it is used here; not every browser has one. */
interface Recognition {
  continuous: boolean;
  interimResults: boolean;
  lang: string;
  onresult:
    ((event: { readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }>> }) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  start(): void;
  abort(): void;
  stop(): void;
}

type RecognitionClass = new () => Recognition;

/** What the trader says is written down by the browser, where they chose so. Most browsers send it to a service of their maker's for that. */
export class Dictation {
  private recognition: Recognition | null = null;

  constructor(private readonly onWords: (text: string) => void) {}

  /** Whether this browser can write down speech. */
  static get isThere(): boolean {
    return recognitionClass() !== undefined;
  }

  get isOn(): boolean {
    return this.recognition !== null;
  }

  start(): void {
    const Recogniser = recognitionClass();
    if (Recogniser === undefined || this.isOn) return;
    const recognition = new Recogniser();
    recognition.continuous = true;
    recognition.interimResults = false;
    recognition.lang = 'en-US';
    recognition.onresult = ({ results }) => {
      const text = results[results.length - 1]?.[0]?.transcript ?? '';
      this.onWords(text);
    };
    // Without its service the microphone goes on without it.
    recognition.onerror = () => {
      this.recognition = null;
    };
    recognition.onend = () => {
      this.recognition = null;
    };
    this.recognition = recognition;
    recognition.start();
  }

  /** What was said until now is still written down. */
  stop(): void {
    this.recognition?.stop();
    this.recognition = null;
  }
}

function recognitionClass(): RecognitionClass | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = globalThis as {
    SpeechRecognition?: RecognitionClass;
    webkitSpeechRecognition?: RecognitionClass;
  };
  return SpeechRecognition ?? webkitSpeechRecognition;
}
