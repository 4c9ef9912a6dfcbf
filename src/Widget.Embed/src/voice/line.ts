/** The API's session of a voice call. */
import { locale } from '../app/i18n';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';
import { SessionLine, twice, within, type LineListener } from '../call/line';
import type { VoiceSession } from './wire';

const aliveEvery = 10_000;
/** The server asks the provider meanwhile. */
const openingPatience = 20_000;

export class VoiceLine extends SessionLine<VoiceSession> {
  constructor(panel: CallHost, listener: LineListener<VoiceSession>) {
    super(panel, '/api/voice/session', listener);
  }

  /** Gives the page's offer for the provider's answer. Throws an ApiError when the call is refused. */
  open(sdp: string, pushToTalk: boolean): Promise<VoiceSession> {
    return within(
      this.create({
        threadId: this.panel.conversationId,
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
    await twice(() => within(this.panel.post(this.path('say'), { clientId, text })));
  }

  async talk(pressed: boolean): Promise<void> {
    await twice(() => within(this.panel.post(this.path('talk'), { pressed })));
  }

  async interrupt(): Promise<void> {
    await within(this.panel.post(this.path('interrupt'), {}));
  }

  protected override pause(): number {
    return aliveEvery;
  }
}
