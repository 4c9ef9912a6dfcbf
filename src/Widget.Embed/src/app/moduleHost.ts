/**
 * What the panel offers the modules that are loaded when they are chosen. The store keeps these promises; the modules know no more of it
 * than what stands here. What they promise in return stands in call.ts and speech.ts.
 */
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Host } from '../contract';
import type { CallMode, LiveCall, Relay, RelayListener } from './call';
import type { Status } from './connection';
import type { Conversation } from './conversation';
import type { Config } from './events';
import type { Dictation, Speech } from './speech';
import type { Storage } from './storage';

export interface ModuleHost {
  readonly host: Host;
  readonly config: ReadonlySignal<Config | undefined>;
  readonly conversation: ReadonlySignal<Conversation>;
  /** Undefined until there is one. */
  readonly conversationId: string | undefined;
  /** What the browser remembers of the visitor. */
  readonly memory: Storage;
}

/** For calls. */
export interface CallHost extends ModuleHost {
  readonly status: ReadonlySignal<Status>;
  /** A request on the conversation, answered in JSON; kept alive, it outlives the page. Throws an ApiError when it is refused. */
  post<T>(path: string, body: unknown, keepalive?: boolean): Promise<T>;
  /** Passes a call's data channel on, unread; undefined where the line cannot. */
  relay(sessionId: string, listener: RelayListener): Relay | undefined;
  /** Sends a message in text. */
  write(text: string): void;
  /** Whether the tenant offers calls of this kind, and the browser can. */
  offers(mode: CallMode): boolean;
  /** Begins a call of another kind in place of this one. */
  startCall(mode: CallMode): Promise<void>;
  /** The call is over, and its last words are read: another takes its place, or writing does. */
  callOver(next: LiveCall | undefined): void;
}

/** For what has to do with writing. */
interface WritingHost extends ModuleHost {
  readonly open: ReadonlySignal<boolean>;
  readonly call: ReadonlySignal<LiveCall | undefined>;
  /** What stands in the field. */
  readonly draft: Signal<string>;
  /** A request on the conversation, for what does not come as JSON at once. Throws an ApiError when it is refused. */
  request(path: string, body: unknown, more: { accept?: string; signal?: AbortSignal }): Promise<Response>;
}

/** For reading aloud. */
export interface SpeechHost extends WritingHost {
  /** What the log held when the page came to it. What comes after is news. */
  readonly known: ReadonlySignal<number>;
  /** Its microphone would hear what is read. */
  readonly dictation: { cancel(): void };
}

/** For dictation. */
export interface DictationHost extends WritingHost {
  /** The microphone would hear it. */
  readonly speech: { cancel(): void };
}

/** Fetches the modules, and opens them. */
export interface Modules {
  video(): Promise<(panel: CallHost) => LiveCall>;
  voice(): Promise<(panel: CallHost) => LiveCall>;
  speech(): Promise<(panel: SpeechHost) => Speech>;
  dictation(): Promise<(panel: DictationHost) => Dictation>;
}
