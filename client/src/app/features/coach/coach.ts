import {
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { AlertEvent } from '@libs/contract';
import { BeamStore } from '../../data-access/beam-store';
import { Commands } from '../../data-access/commands';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskZone } from '../../data-access/desk-zone';
import { RulesStore } from '../../data-access/rules-store';
import { SettingsStore } from '../../data-access/settings-store';
import { SignalStore } from '../../data-access/signal-store';
import { ViewStore } from '../../data-access/view-store';
import { Icon } from '../../ui/icon';
import { coachCommands } from './coach-commands';
import { CallOutGate, FRESH_MS } from './call-out-gate';
import { citationsOf, type KnownNames } from './citations';
import { hintOf, PHASE_NAMES } from './coach-phase';
import { CoachSession } from './coach-session';
import { Orb } from './orb';
import { stretchesOf } from './spoken-answer';
import { Transcript } from './transcript';

/** Wide enough for the coach to have its place beside the chart. */
const WIDE = '(min-width: 1280px)';
/** How often a signal that waits for a pause looks for one. */
const PAUSE_LOOK_MS = 250;
/** Where it lies under the chart. */
const PHONE = '(max-width: 640px)';

/**
 * The coach on the page: docked beside the chart where there is room, a disc that opens into a card elsewhere, a sheet on
 * a phone. T held talks to it and Esc silences it, wherever the focus is.
 */
@Component({
  selector: 'st-coach',
  imports: [Icon, Orb, Transcript],
  templateUrl: './coach.html',
  styleUrl: './coach.css',
  host: {
    '(document:keydown.escape)': 'escape($event)',
    '(document:keyup)': 'letGo($event)',
    '(window:blur)': 'leave()',
    '(document:pointerup)': 'session.stopTalking()',
  },
})
export class Coach {
  protected readonly session = inject(CoachSession);
  private readonly beams = inject(BeamStore);
  private readonly clock = inject(DeskClock);
  private readonly commands = inject(Commands);
  private readonly rules = inject(RulesStore);
  private readonly signals = inject(SignalStore);
  private readonly settings = inject(SettingsStore).all;
  private readonly views = inject(ViewStore);
  private readonly zone = inject(DeskZone).zone;
  private readonly field = viewChild<ElementRef<HTMLInputElement>>('field');
  private readonly card = viewChild<ElementRef<HTMLElement>>('card');

  private isHeldDown = false;
  private readonly gate = new CallOutGate();
  /** Whether the trader switched the coach off: then it does not speak up. */
  private isSilenced = false;
  /** Opened by hand, over whatever is there. */
  private readonly opened = signal(false);
  /** Whether what was said before is shown in place of the answer. */
  protected readonly isLookingBack = signal(false);
  private readonly isWide = signal(matchMedia(WIDE).matches);
  protected readonly isDocked = computed(() => this.isWide() && this.views.isDesk());
  protected readonly isOpen = computed(() => this.isDocked() || this.opened());
  protected readonly phase = this.session.phase;
  protected readonly name = computed(() => PHASE_NAMES[this.phase()]);
  protected readonly hint = computed(() => {
    const { facts, use, cost } = this.session;
    // The countdown of the next try follows the clock; nothing else here does.
    const nowMs = this.phase() === 'reconnecting' ? this.clock.nowMs() : 0;
    return hintOf(this.phase(), facts(), use() === 'held', cost()?.capUsd ?? null, nowMs);
  });
  protected readonly money = computed(() => {
    const cost = this.session.cost();
    if (this.session.isLocal() === true) return 'Local, free';
    return cost === null ? '' : `$${cost.usd.toFixed(2)} of $${cost.capUsd.toFixed(2)} today`;
  });
  protected readonly citations = computed(() =>
    citationsOf(this.session.answer()?.figures ?? [], this.names, this.zone()),
  );
  protected readonly stretches = computed(() => {
    const answer = this.session.answer();
    if (answer === null) return [];
    const numbers = new Map(
      this.citations().flatMap(({ number, figures }) => figures.map((at) => [at, number])),
    );
    const lit = this.litNumber();
    return stretchesOf(answer, this.session.heardUpTo()).map(({ text, figure, isHeard }) => {
      const number = figure === null ? null : (numbers.get(figure) ?? null);
      return { text, number, isHeard, isLit: number !== null && number === lit };
    });
  });
  /** Source of the figure that is being spoken. */
  protected readonly litNumber = computed(() => {
    const answer = this.session.answer();
    if (answer === null || this.phase() !== 'speaking') return null;
    const heard = this.session.heardUpTo();
    const at = answer.figures.findLastIndex(({ start }) => start <= heard);
    return this.citations().find(({ figures }) => figures.includes(at))?.number ?? null;
  });
  /** For screen readers: an answer once it is whole, not word by word. */
  protected readonly toldAnswer = computed(() => {
    const answer = this.session.answer();
    return answer?.isWhole === true ? answer.text : '';
  });

  private readonly names: KnownNames = {
    rule: (id) => this.rules.rules()?.find((rule) => rule.id === id)?.name ?? null,
    signal: (id) => {
      const found = this.signals.all().find((one) => one.id === id);
      return found === undefined
        ? null
        : { symbol: found.symbol, rule: found.rule.name, barStartMs: found.bar_start };
    },
  };

  constructor() {
    const destroyRef = inject(DestroyRef);
    const query = matchMedia(WIDE);
    const onWidth = (): void => {
      this.isWide.set(query.matches);
    };
    query.addEventListener('change', onWidth);
    destroyRef.onDestroy(() => {
      query.removeEventListener('change', onWidth);
      this.session.switchOff();
    });
    destroyRef.onDestroy(
      this.commands.add(
        coachCommands({
          talk: () => {
            this.talkByKey();
          },
          type: () => {
            this.focusField();
          },
          toggle: () => {
            if (this.opened()) this.hide();
            else this.show();
          },
          lookBack: () => {
            this.opened.set(true);
            this.isLookingBack.set(true);
          },
          listen: () => {
            this.opened.set(true);
            void this.session.toggleHandsFree();
          },
        }),
      ),
    );
    destroyRef.onDestroy(this.signals.follow((alert) => this.callOut(alert)));
    effect(() => {
      const lit = this.litNumber();
      const isLighting = this.settings().citationLight;
      const cited = this.citations().flatMap(({ number, place }) =>
        place === null ? [] : [{ number, ...place, isBright: number === lit }],
      );
      untracked(() => {
        this.beams.light(isLighting ? cited : []);
      });
    });
    effect((onCleanup) => {
      const card = this.card()?.nativeElement;
      if (card === undefined || !(this.isDocked() || matchMedia(PHONE).matches)) return;
      onCleanup(keepRoomFor(card));
    });
  }

  protected ask(event: Event): void {
    event.preventDefault();
    const field = this.field()?.nativeElement;
    if (field === undefined) return;
    this.isLookingBack.set(false);
    this.session.ask(field.value);
    field.value = '';
  }

  protected show(): void {
    this.opened.set(true);
  }

  protected hide(): void {
    this.session.silence();
    this.opened.set(false);
  }

  protected togglePower(): void {
    this.isSilenced = this.session.isOn();
    if (this.isSilenced) this.session.switchOff();
    else this.session.switchOn();
  }

  protected hold(event: Event): void {
    event.preventDefault();
    void this.session.startTalking();
  }

  /** By keyboard the button is held like T. */
  protected holdByKey(event: KeyboardEvent): void {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) void this.session.startTalking();
  }

  /** Silence comes first; only what is left of the key closes other things. */
  protected escape(event: Event): void {
    if (!this.session.silence()) return;
    event.preventDefault();
    event.stopPropagation();
  }

  protected letGo({ key }: KeyboardEvent): void {
    if (!['t', 'T', ' ', 'Enter'].includes(key)) return;
    this.isHeldDown = false;
    this.session.stopTalking();
  }

  /** In the tab that is looked at alone: several would speak at once. */
  private callOut({ id, symbol, muted }: AlertEvent): void {
    if (muted || !this.settings().callOuts || this.isSilenced || document.visibilityState !== 'visible')
      return;
    // What a replay tells again is on no record the coach could speak from.
    if (this.signals.areReplayed()) return;
    if (!this.gate.take(symbol, this.clock.nowMs())) return;
    if (this.session.callOut(id)) return;
    // Somebody is speaking: once more in a pause, and then the list has it.
    const timer = setInterval(() => {
      if (!this.session.callOut(id)) return;
      clearInterval(timer);
      clearTimeout(end);
    }, PAUSE_LOOK_MS);
    const end = setTimeout(() => {
      clearInterval(timer);
    }, FRESH_MS);
  }

  protected leave(): void {
    this.isHeldDown = false;
    this.session.stopTalking();
  }

  private talkByKey(): void {
    // A key that is held comes again and again.
    if (this.isHeldDown) return;
    this.isHeldDown = true;
    this.opened.set(true);
    void this.session.startTalking();
  }

  private focusField(): void {
    this.opened.set(true);
    const focus = (): void => this.field()?.nativeElement.focus();
    // At once, so that what is typed next is no shortcut; and once more, as the card may have to be made first.
    focus();
    setTimeout(focus);
  }
}

/** Tells the rest of the page how high the card is, so that what stands above it ends there. Returns what takes it back. */
function keepRoomFor(card: HTMLElement): () => void {
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => {
    style.setProperty('--coach-room', `${card.offsetHeight}px`);
  });
  observer.observe(card);
  return () => {
    observer.disconnect();
    style.removeProperty('--coach-room');
  };
}
