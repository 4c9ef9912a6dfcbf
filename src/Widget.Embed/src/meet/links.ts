/** The connections that carry sound and picture between the people in a call. */
import type { ReadonlySignal } from '@preact/signals';
import type { Participant, Signal } from './contract';
import type { Quality } from './quality';

export type LinkState = 'new' | 'connecting' | 'connected' | 'interrupted';

/** What the person sends. The screen is sent in place of the camera's picture. */
export interface OwnTracks {
  microphone: MediaStreamTrack | undefined;
  camera: MediaStreamTrack | undefined;
  screen: MediaStreamTrack | undefined;
  /** Whether the microphone is on. */
  unmuted: boolean;
}

export interface MediaLinks {
  /** Counts changes of connections and tracks, so that the page draws them. */
  readonly version: ReadonlySignal<number>;
  /** By the participant's id. */
  readonly qualities: ReadonlySignal<ReadonlyMap<string, Quality>>;
  readonly speaking: ReadonlySignal<ReadonlySet<string>>;
  /** Who is in the call. */
  follow(self: Participant, others: readonly Participant[]): void;
  /** A message of another participant's page. */
  receive(message: Signal): void;
  /** The hub is reachable again. */
  resume(): void;
  sendTracks(tracks: OwnTracks): void;
  /** A participant's sound and picture, with at most one track of each. */
  stream(id: string): MediaStream | undefined;
  state(id: string): LinkState;
  close(): void;
}

/** The id under which an agent at LiveKit has its stream. It is no participant of the hub. */
export const agentId = 'agent';
