/**
 * What the panel offers the modules that are loaded on demand. The store implements these interfaces; the modules use nothing else of it.
 * What the modules offer the panel is in call.ts and speech.ts.
 */
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Host } from '../contract';
import type { CallMode, LiveCall, Relay, RelayListener } from './call';
import type { Status } from './connection';
import type { ComponentChildren, ComponentType } from 'preact';
import type {
  AssistantItem,
  CallItem,
  Conversation,
  MeetingItem,
  PeopleItem,
  ShownItem,
  SourcesItem,
  SpokenItem,
} from './conversation';
import type { Attachment, Citation, Config, Demo, Meeting, Presence, Rating, RatingReason, Session } from './events';
import type { ContactQuestion } from './offers';
import type { Dictation, Speech } from './speech';
import type { Storage } from './storage';
import type { Turn } from './turn';
import type { Purpose, SheetName, View } from './views';

export interface ModuleHost {
  readonly host: Host;
  readonly config: ReadonlySignal<Config | undefined>;
  readonly conversation: ReadonlySignal<Conversation>;
  /** Undefined until the session is open. */
  readonly conversationId: string | undefined;
  /** What the browser remembers about the visitor. */
  readonly memory: Storage;
}

/** For video and voice calls. */
export interface CallHost extends ModuleHost {
  readonly status: ReadonlySignal<Status>;
  /**
   * Posts a request of this conversation and returns the JSON response. Throws an ApiError if the server refuses it.
   * @param keepalive Lets the request outlive the page.
   */
  post<T>(path: string, body: unknown, keepalive?: boolean): Promise<T>;
  /** Relays a call's data channel to the server; undefined if the transport cannot. */
  relay(sessionId: string, listener: RelayListener): Relay | undefined;
  /** Sends a text message. */
  write(text: string): void;
  /** Whether the tenant offers such calls and the browser supports them. */
  isCallOffered(mode: CallMode): boolean;
  /** Replaces this call by one of another mode. */
  startCall(mode: CallMode): Promise<void>;
  /**
   * The ended call is closed. Another call takes its place, or text.
   * @param byItself It has closed after a while, without the visitor.
   */
  callClosed(next: LiveCall | undefined, byItself?: boolean): void;
}

/** For modules that work with the text field. */
interface ComposerHost extends ModuleHost {
  readonly open: ReadonlySignal<boolean>;
  readonly call: ReadonlySignal<LiveCall | undefined>;
  /** The content of the text field. */
  readonly draft: Signal<string>;
  /** Posts a request of this conversation whose response is a stream. Throws an ApiError if the server refuses it. */
  request(path: string, body: unknown, more: { accept?: string; signal?: AbortSignal }): Promise<Response>;
}

/** For reading aloud. */
export interface SpeechHost extends ComposerHost {
  /** The last event in the log when the session was opened. Later ones are new to the visitor. */
  readonly lastKnownSeq: ReadonlySignal<number>;
  /** Cancelled before reading, because its microphone would pick up the voice. */
  readonly dictation: { cancel(): void };
}

/** For dictation. */
export interface DictationHost extends ComposerHost {
  /** Cancelled before dictation, because the microphone would pick it up. */
  readonly speech: { cancel(): void };
}

/** For the parts of the panel that are loaded when a visitor uses them. */
export interface PanelHost extends ModuleHost {
  readonly config: Signal<Config | undefined>;
  readonly status: ReadonlySignal<Status>;
  readonly view: Signal<View>;
  /** The content of the text field. */
  readonly draft: Signal<string>;
  /** Requests something of this visitor. Throws an ApiError if the server refuses it. */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  rate(messageId: string, rating: Rating, reason?: RatingReason, comment?: string): void;
  /** Shows an earlier conversation. */
  openConversation(id: string): void;
  /** Opens a sheet, perhaps with another title than its own and the visitor's question. */
  openSheet(name: SheetName, purpose?: Purpose): void;
  /** What the open sheet is for. */
  readonly purpose: ReadonlySignal<Purpose | undefined>;
  /** Posts a request of this conversation, and again whenever the connection is back. */
  deliver(path: string, body: { clientId: string }): void;
  /** The address that the visitor is asked for. */
  readonly contactQuestion: ReadonlySignal<ContactQuestion | undefined>;
  /** The seq of the answer below which the visitor wants to leave an address. */
  readonly contactAt: Signal<number | undefined>;
  /** Shows a meeting before its event comes. */
  meetingBooked(meeting: Meeting): void;
  readonly open: ReadonlySignal<boolean>;
  /** The last event in the log when the session was opened. Later ones are new to the visitor. */
  readonly lastKnownSeq: ReadonlySignal<number>;
  /** Undefined while the assistant answers. */
  readonly turn: ReadonlySignal<Turn | undefined>;
  readonly presence: ReadonlySignal<Presence>;
  /** The visitor no longer wants to wait for a person, or to talk to one. */
  chooseAssistant(): void;
  readonly attached: Signal<Attached[]>;
  /** The open session, for requests that `post` cannot make. */
  session(): Promise<Session>;
  /** The source that covers the conversation. */
  readonly source: Signal<Citation | undefined>;
  /** The demo beside the thread. */
  readonly stage: Signal<Demo | undefined>;
  /** The message that the visitor wants to send first. */
  readonly held: ReadonlySignal<string | undefined>;
  /** The visitor has answered what is asked before the first message. */
  sendHeld(): void;
}

/** A file for the next message. It has an id once it is uploaded. */
export interface Attached extends Partial<Attachment> {
  /** Names the file in the browser. */
  key: string;
  name: string;
  /** The part that is uploaded, from 0 to 1. */
  progress?: number;
  /** The upload has failed. The visitor can try again. */
  failed?: boolean;
  /** An address of the picture. */
  preview?: string | undefined;
}

export interface SheetProps {
  panel: PanelHost;
  close: () => void;
}

export interface ReasonsProps {
  panel: PanelHost;
  messageId: string;
  /** The question that was answered. */
  question: string;
}

export interface OffersProps {
  panel: PanelHost;
  answer: AssistantItem;
  /** The question that was answered. */
  question: string;
}

export interface ContactProps {
  panel: PanelHost;
  question: ContactQuestion;
}

export interface MeetingProps {
  panel: PanelHost;
  item: MeetingItem;
}

export interface PanelProps {
  panel: PanelHost;
}

export interface PeopleProps {
  panel: PanelHost;
  item: PeopleItem;
}

export interface ShownProps {
  panel: PanelHost;
  item: ShownItem;
}

export interface CallLogProps {
  panel: PanelHost;
  item: SpokenItem | SourcesItem | CallItem;
  /** The question whether to keep an address in what was said. */
  children: ComponentChildren;
}

export interface FilesProps {
  panel: PanelHost;
  files: readonly Attachment[];
}

export interface StageProps {
  panel: PanelHost;
  demo: Demo;
  close: () => void;
}

export interface EmojiProps {
  panel: ModuleHost;
  onChoose: (emoji: string) => void;
  close: () => void;
}

/** Which devices a call starts with. */
export interface DeviceWishes {
  /** False: the visitor starts without a camera. */
  camera: boolean;
  /** The browser's ids; undefined for its default devices. */
  cameraId?: string | undefined;
  microphoneId?: string | undefined;
}

export interface PreludeProps {
  panel: PanelHost;
  mode: CallMode;
  start: (wishes: DeviceWishes) => void;
  cancel: () => void;
}

/** Loads the modules. */
export interface Modules {
  person: () => Promise<ComponentType<SheetProps>>;
  transcript: () => Promise<ComponentType<SheetProps>>;
  history: () => Promise<ComponentType<SheetProps>>;
  agents: () => Promise<ComponentType<SheetProps>>;
  booking: () => Promise<ComponentType<SheetProps>>;
  offers: () => Promise<ComponentType<OffersProps>>;
  /** The question below a message to a person whether to keep the address in it. */
  contact: () => Promise<ComponentType<ContactProps>>;
  meeting: () => Promise<ComponentType<MeetingProps>>;
  /** What a call leaves in the thread. */
  callLog: () => Promise<ComponentType<CallLogProps>>;
  /** A line or a message of people in the thread. */
  people: () => Promise<ComponentType<PeopleProps>>;
  /** Who answers, in the panel's head. */
  personHead: () => Promise<ComponentType<PanelProps>>;
  /** The end of the thread while a person is there or is waited for. */
  presence: () => Promise<ComponentType<PanelProps>>;
  /** The button in the text field, and the files that are to be sent. */
  attach: () => Promise<ComponentType<PanelProps>>;
  /** The files of a message. */
  files: () => Promise<ComponentType<FilesProps>>;
  shown: () => Promise<ComponentType<ShownProps>>;
  stage: () => Promise<ComponentType<StageProps>>;
  preChat: () => Promise<ComponentType<PanelProps>>;
  reasons: () => Promise<ComponentType<ReasonsProps>>;
  emoji: () => Promise<ComponentType<EmojiProps>>;
  prelude: () => Promise<ComponentType<PreludeProps>>;
  saveTranscript: () => Promise<(panel: PanelHost) => void>;
  video: () => Promise<(panel: CallHost, wishes?: DeviceWishes) => LiveCall>;
  voice: () => Promise<(panel: CallHost, wishes?: DeviceWishes) => LiveCall>;
  speech: () => Promise<(panel: SpeechHost) => Speech>;
  dictation: () => Promise<(panel: DictationHost) => Dictation>;
}
