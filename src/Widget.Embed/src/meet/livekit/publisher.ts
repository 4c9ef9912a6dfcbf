/** Publishes the person's own tracks at LiveKit. The page opens and closes the devices; LiveKit's client only sends. */
import { Track, type LocalParticipant, type TrackPublishOptions } from 'livekit-client';
import type { OwnTracks } from '../links';

const retryPause = 2_000;
const sources = [Track.Source.Microphone, Track.Source.Camera, Track.Source.ScreenShare] as const;
type Source = (typeof sources)[number];

const options: Record<Source, TrackPublishOptions> = {
  [Track.Source.Microphone]: {},
  // In three sizes, so that each page takes what it shows.
  [Track.Source.Camera]: { simulcast: true, videoCodec: 'vp8', backupCodec: false },
  // Text must stay readable.
  [Track.Source.ScreenShare]: { simulcast: false, videoCodec: 'vp8', backupCodec: false },
};

export class Publisher {
  #tracks: OwnTracks | undefined;
  #participant: LocalParticipant | undefined;
  #last: Promise<void> = Promise.resolve();
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** Sends these tracks from now on. */
  send(tracks: OwnTracks): void {
    this.#tracks = tracks;
    void this.#follow();
  }

  /** Publishes at a connection. Settles when the tracks are sent. */
  attach(participant: LocalParticipant): Promise<void> {
    this.#participant = participant;
    return this.#follow();
  }

  detach(): void {
    this.#participant = undefined;
  }

  /** One change after the other. */
  #follow(): Promise<void> {
    const participant = this.#participant;
    this.#last = this.#last.then(async () => {
      for (const source of sources) {
        // A newer connection publishes by itself.
        if (!participant || participant !== this.#participant) return;
        try {
          await this.#publish(participant, source);
        } catch {
          this.#retry ??= setTimeout(() => {
            this.#retry = undefined;
            void this.#follow();
          }, retryPause);
        }
      }
    });
    return this.#last;
  }

  async #publish(participant: LocalParticipant, source: Source): Promise<void> {
    const track = this.#wanted(source);
    const published = participant.getTrackPublication(source)?.track;
    if (!track) {
      if (published) await participant.unpublishTrack(published, false);
      return;
    }
    if (!published) await participant.publishTrack(track, { ...options[source], source });
    else if (published.mediaStreamTrack !== track) await published.replaceTrack(track, true);
    if (source !== Track.Source.Microphone) return;
    const sent = participant.getTrackPublication(source)?.track;
    await (this.#tracks?.unmuted ? sent?.unmute() : sent?.mute());
  }

  #wanted(source: Source): MediaStreamTrack | undefined {
    const { microphone, camera, screen } = this.#tracks ?? {};
    const track =
      source === Track.Source.Microphone
        ? microphone
        : source === Track.Source.ScreenShare
          ? screen
          : screen
            ? undefined
            : camera;
    return track?.readyState === 'live' ? track : undefined;
  }
}
