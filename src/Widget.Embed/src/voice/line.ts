/** The API's session of a voice call. */
import { locale } from '../app/i18n';
import { newId, type Store } from '../app/store';
import { SessionLine, twice, within, type LineListener } from '../call/line';
import type { VoiceSession } from './wire';

const aliveEvery = 10_000;
/** The server asks the provider meanwhile. */
const openingPatience = 20_000;

export class VoiceLine extends SessionLine<VoiceSession> {
  constructor(store: Store, listener: LineListener<VoiceSession>) {
    super(store, '/api/voice/session', listener);
  }

  /** Gives the page's offer for the provider's answer. Throws an ApiError when the call is refused. */
  open(sdp: string, pushToTalk: boolean): Promise<VoiceSession> {
    return within(
      this.create({
        threadId: this.store.conversationId,
        sdp,
        page: location.href.slice(0, 2000),
        locale: locale.peek(),
        pushToTalk,
      }),
      openingPatience,
    );
  }

  async say(text: string): Promise<void> {
    const clientId = newId();
    await twice(() => within(this.store.post(this.path('say'), { clientId, text })));
  }

  async talk(pressed: boolean): Promise<void> {
    await twice(() => within(this.store.post(this.path('talk'), { pressed })));
  }

  async interrupt(): Promise<void> {
    await within(this.store.post(this.path('interrupt'), {}));
  }

  protected override pause(): number {
    return aliveEvery;
  }
}
