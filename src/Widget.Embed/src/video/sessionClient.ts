/** The client for a video call's session at our API. */
import { locale } from '../app/i18n';
import type { CallHost } from '../app/moduleHost';
import { retryOnce } from '../call/requests';
import { SessionClient, type SessionListener } from '../call/sessionClient';
import type { ToolRequest } from './tools';
import type { ReportedUtterance, ToolResponse, VideoSession } from './wire';

/** A waiting visitor wants to see progress. Later it is enough that the server knows that the page is still open. */
const delayWhileWaiting = 3_000;
const delayInCall = 10_000;

export class VideoSessionClient extends SessionClient<VideoSession> {
  constructor(
    panel: CallHost,
    private readonly replicaJoined: () => boolean,
    listener: SessionListener<VideoSession>,
  ) {
    super(panel, '/api/tavus/session', listener);
  }

  async open(): Promise<void> {
    await this.create({
      threadId: this.panel.conversationId,
      page: location.href.slice(0, 2000),
      locale: locale.peek(),
    });
  }

  /** @param keepalive Lets the request outlive the page. */
  report(utterances: ReportedUtterance[], keepalive: boolean): Promise<unknown> {
    return this.panel.post(this.path('utterances'), { utterances }, keepalive);
  }

  runTool(request: ToolRequest): Promise<ToolResponse> {
    return retryOnce(() => this.panel.post('/api/tavus/tool', { ...request, sessionId: this.current?.sessionId }));
  }

  protected override keepAliveBody(): object {
    return { replicaJoined: this.replicaJoined() };
  }

  protected override keepAliveDelay(session: VideoSession | undefined): number {
    return !session || session.state === 'queued' || session.state === 'creating' ? delayWhileWaiting : delayInCall;
  }
}
