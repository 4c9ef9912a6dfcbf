/** The client for a voice call's session at our API. */
import { locale } from '../app/i18n';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';
import { retryOnce, withTimeout } from '../call/requests';
import { SessionClient, type SessionListener } from '../call/sessionClient';
import type { VoiceSession } from './wire';

const keepAliveEvery = 10_000;
/** Opening includes the server's own request to the provider. */
const openTimeout = 20_000;

export class VoiceSessionClient extends SessionClient<VoiceSession> {
  constructor(panel: CallHost, listener: SessionListener<VoiceSession>) {
    super(panel, '/api/voice/session', listener);
  }

  /** Sends the page's SDP offer; the session holds the provider's answer. Throws an ApiError if the server refuses the call. */
  open(sdp: string, pushToTalk: boolean): Promise<VoiceSession> {
    const request = this.create({
      threadId: this.panel.conversationId,
      sdp,
      page: location.href.slice(0, 2000),
      locale: locale.peek(),
      pushToTalk,
    });
    return withTimeout(request, openTimeout);
  }

  async say(text: string): Promise<void> {
    const clientId = newId();
    await retryOnce(() => withTimeout(this.panel.post(this.path('say'), { clientId, text })));
  }

  async talk(pressed: boolean): Promise<void> {
    await retryOnce(() => withTimeout(this.panel.post(this.path('talk'), { pressed })));
  }

  async interrupt(): Promise<void> {
    await withTimeout(this.panel.post(this.path('interrupt'), {}));
  }

  protected override keepAliveDelay(): number {
    return keepAliveEvery;
  }
}
