/**
 * What is said in a call, from the room's messages: captions as it is said, and each utterance once when it has been said.
 * Of the avatar, "utterance" tells the whole intended text as soon as it begins to speak, and "utterance.streaming" what was really
 * heard; so an avatar's utterance is held until it has stopped, or been cut off.
 */
import { speakerOf, speechOf, type HeardUtterance, type RoomMessage } from './wire';
import type { Speaker } from '../app/events';

export interface Caption {
  speaker: Speaker;
  text: string;
}

/** An avatar that never says it has stopped is taken to have after this. */
const longestSpeech = 60_000;
/** One that is not known to be speaking may have stopped already, and is waited for no longer than this. */
const patience = 4_000;
/** For so long the room's echo of what the visitor typed is expected. */
const echoTime = 60_000;

export class Transcript {
  #held: HeardUtterance | undefined;
  #heldTimer: ReturnType<typeof setTimeout> | undefined;
  /** What of the held utterance has been heard so far, and by which inference. */
  #spoken: { inference: string | undefined; text: string } | undefined;
  #interrupted = false;
  #speaks = false;
  /** What we said for the visitor, or without them, and the room will tell back. */
  #echoes: { text: string; until: number }[] = [];
  readonly #told = new Set<string>();

  constructor(
    private readonly said: (utterance: HeardUtterance) => void,
    private readonly caption: (caption: Caption | undefined) => void,
    private readonly speaking: (speaker: Speaker, speaks: boolean) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** The visitor typed it: it is told at once, and not again when the room echoes it. */
  typed(id: string, text: string): void {
    this.flush();
    this.unspoken(text);
    this.#tell({ id, speaker: 'visitor', text, interrupted: false });
  }

  /** It goes to the room as if the visitor had said it, and they have not. */
  unspoken(text: string): void {
    this.#echoes.push({ text: plain(text), until: this.now() + echoTime });
  }

  hear(message: RoomMessage): void {
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

  /** Tells what is held: nothing more will be heard of it. */
  flush(): void {
    clearTimeout(this.#heldTimer);
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    const heard = this.#interrupted ? this.#spoken?.text : undefined;
    this.#spoken = undefined;
    this.#tell({ ...held, text: heard ?? held.text, interrupted: held.interrupted || this.#interrupted });
    this.#interrupted = false;
  }

  #utterance(message: RoomMessage): void {
    const text = speechOf(message);
    if (text === '') return;
    const speaker = speakerOf(message);
    const utterance = { id: idOf(message, text), speaker, text, interrupted: message.properties.interrupted === true };
    if (this.#held?.id === utterance.id || this.#told.has(utterance.id)) return;
    this.flush();
    if (speaker === 'visitor') {
      if (this.#isEcho(text)) return;
      this.caption({ speaker, text });
      this.#tell(utterance);
      return;
    }
    // What streamed before belongs to it only if it is of the same inference.
    if (this.#spoken && this.#spoken.inference !== message.inference_id) this.#spoken = undefined;
    if (!this.#spoken) this.caption({ speaker, text });
    this.#held = utterance;
    this.#hold();
  }

  #hold(): void {
    clearTimeout(this.#heldTimer);
    this.#heldTimer = setTimeout(() => this.flush(), this.#speaks ? longestSpeech : patience);
  }

  #streaming(message: RoomMessage): void {
    const text = speechOf(message);
    if (text === '') return;
    const speaker = speakerOf(message);
    if (speaker === 'visitor') {
      if (!this.#echoes.some((echo) => echo.text === plain(text))) this.caption({ speaker, text });
      return;
    }
    this.caption({ speaker, text });
    this.#spoken = { inference: message.inference_id, text };
    if (message.properties.is_interrupted === true) this.#interrupted = true;
    if (message.properties.final === true && this.#held) this.flush();
  }

  #started(speaker: Speaker): void {
    this.speaking(speaker, true);
    if (speaker === 'visitor') return;
    this.#interrupted = false;
    this.#speaks = true;
    if (this.#held) this.#hold();
  }

  #stopped(speaker: Speaker, message: RoomMessage): void {
    this.speaking(speaker, false);
    if (speaker === 'visitor') return;
    this.#speaks = false;
    if (message.properties.interrupted === true) this.#interrupted = true;
    this.flush();
    this.#interrupted = false;
  }

  #isEcho(text: string): boolean {
    this.#echoes = this.#echoes.filter((echo) => echo.until > this.now());
    const index = this.#echoes.findIndex((echo) => echo.text === plain(text));
    if (index < 0) return false;
    this.#echoes.splice(index, 1);
    return true;
  }

  #tell(utterance: HeardUtterance): void {
    if (this.#told.has(utterance.id)) return;
    this.#told.add(utterance.id);
    this.said(utterance);
  }
}

/** The same for a message that comes twice, another for another part of the same turn. */
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

/** For comparing: a room may trim, or change letters' case and stops. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
