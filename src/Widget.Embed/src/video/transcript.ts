/**
 * Turns the room's messages into captions while someone speaks, and into one utterance when they have finished. For the avatar, "utterance"
 * carries the whole intended text when it begins to speak, and "utterance.streaming" the text spoken so far. So the avatar's utterance is
 * held until it stops or is interrupted.
 */
import { speakerOf, speechOf, type ReportedUtterance, type RoomMessage } from './wire';
import type { Speaker } from '../app/events';

export interface Caption {
  speaker: Speaker;
  text: string;
}

/** If the avatar never reports that it has stopped, its utterance counts as finished after this time. */
const maxSpeechDuration = 60_000;
/** The same if it has not reported that it began: it may have stopped already. */
const maxHoldDuration = 4_000;
/** How long to expect the room's echo of a text that we sent. */
const echoTime = 60_000;

export class Transcript {
  #held: ReportedUtterance | undefined;
  #heldTimer: ReturnType<typeof setTimeout> | undefined;
  /** The text that the avatar has spoken so far, and its inference id. */
  #spoken: { inference: string | undefined; text: string } | undefined;
  #interrupted = false;
  #avatarSpeaks = false;
  /** Texts that we sent as the visitor's speech. The room reports them back. */
  #echoes: { text: string; until: number }[] = [];
  readonly #reported = new Set<string>();

  constructor(
    private readonly report: (utterance: ReportedUtterance) => void,
    private readonly showCaption: (caption: Caption | undefined) => void,
    private readonly setSpeaking: (speaker: Speaker, speaking: boolean) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** The visitor typed this text. It is reported at once; the room's echo is ignored. */
  addTyped(id: string, text: string): void {
    this.flush();
    this.ignoreEcho(text);
    this.#reportOnce({ id, speaker: 'visitor', text, interrupted: false });
  }

  /** This text goes to the room as the visitor's speech, but is not theirs. The room's echo is ignored. */
  ignoreEcho(text: string): void {
    this.#echoes.push({ text: normalized(text), until: this.now() + echoTime });
  }

  receive(message: RoomMessage): void {
    switch (message.event_type) {
      case 'conversation.utterance':
        this.#utterance(message);
        break;
      case 'conversation.utterance.streaming':
        this.#streaming(message);
        break;
      case 'conversation.started_speaking':
        this.#started(speakerOf(message));
        break;
      case 'conversation.user.started_speaking':
        this.#started('visitor');
        break;
      case 'conversation.replica.started_speaking':
        this.#started('assistant');
        break;
      case 'conversation.stopped_speaking':
        this.#stopped(speakerOf(message), message);
        break;
      case 'conversation.user.stopped_speaking':
        this.#stopped('visitor', message);
        break;
      case 'conversation.replica.stopped_speaking':
        this.#stopped('assistant', message);
        break;
    }
  }

  /** Reports the held utterance: it is finished. */
  flush(): void {
    clearTimeout(this.#heldTimer);
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    const spoken = this.#interrupted ? this.#spoken?.text : undefined;
    this.#spoken = undefined;
    this.#reportOnce({ ...held, text: spoken ?? held.text, interrupted: held.interrupted || this.#interrupted });
    this.#interrupted = false;
  }

  #utterance(message: RoomMessage): void {
    const text = speechOf(message);
    if (text === '') return;
    const speaker = speakerOf(message);
    const utterance = { id: idOf(message, text), speaker, text, interrupted: message.properties.interrupted === true };
    if (this.#held?.id === utterance.id || this.#reported.has(utterance.id)) return;
    this.flush();
    if (speaker === 'visitor') {
      if (this.#isEcho(text)) return;
      this.showCaption({ speaker, text });
      this.#reportOnce(utterance);
      return;
    }
    // Text streamed earlier belongs to this utterance only if the inference is the same.
    if (this.#spoken && this.#spoken.inference !== message.inference_id) this.#spoken = undefined;
    if (!this.#spoken) this.showCaption({ speaker, text });
    this.#held = utterance;
    this.#hold();
  }

  #hold(): void {
    clearTimeout(this.#heldTimer);
    this.#heldTimer = setTimeout(() => this.flush(), this.#avatarSpeaks ? maxSpeechDuration : maxHoldDuration);
  }

  #streaming(message: RoomMessage): void {
    const text = speechOf(message);
    if (text === '') return;
    const speaker = speakerOf(message);
    if (speaker === 'visitor') {
      if (!this.#echoes.some((echo) => echo.text === normalized(text))) this.showCaption({ speaker, text });
      return;
    }
    this.showCaption({ speaker, text });
    this.#spoken = { inference: message.inference_id, text };
    if (message.properties.is_interrupted === true) this.#interrupted = true;
    if (message.properties.final === true && this.#held) this.flush();
  }

  #started(speaker: Speaker): void {
    this.setSpeaking(speaker, true);
    if (speaker === 'visitor') return;
    this.#interrupted = false;
    this.#avatarSpeaks = true;
    if (this.#held) this.#hold();
  }

  #stopped(speaker: Speaker, message: RoomMessage): void {
    this.setSpeaking(speaker, false);
    if (speaker === 'visitor') return;
    this.#avatarSpeaks = false;
    if (message.properties.interrupted === true) this.#interrupted = true;
    this.flush();
    this.#interrupted = false;
  }

  #isEcho(text: string): boolean {
    this.#echoes = this.#echoes.filter((echo) => echo.until > this.now());
    const index = this.#echoes.findIndex((echo) => echo.text === normalized(text));
    if (index < 0) return false;
    this.#echoes.splice(index, 1);
    return true;
  }

  #reportOnce(utterance: ReportedUtterance): void {
    if (this.#reported.has(utterance.id)) return;
    this.#reported.add(utterance.id);
    this.report(utterance);
  }
}

/** Equal for the same message received twice, different for different parts of one turn. */
function idOf(message: RoomMessage, text: string): string {
  const turn = message.inference_id ?? (message.turn_idx === undefined ? undefined : `turn-${message.turn_idx}`);
  return `${turn ?? `seq-${message.seq ?? 0}`}:${speakerOf(message)}:${hash(text)}`.slice(-100);
}

/** FNV-1a, 32 bits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(36);
}

/** For comparing texts: the room may change case, spaces and punctuation. */
function normalized(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
