/** The API's session of a video call. */
import { locale } from '../app/i18n';
import type { CallHost } from '../app/moduleHost';
import { SessionLine, twice, type LineListener } from '../call/line';
import type { ToolRequest } from './tools';
import type { CallSession, HeardUtterance, ToolResponse } from './wire';

/** While the visitor waits for it, they want to know; later it is enough that the server does. */
const inLine = 3_000;
const inCall = 10_000;

export class VideoLine extends SessionLine<CallSession> {
  constructor(
    panel: CallHost,
    private readonly replicaJoined: () => boolean,
    listener: LineListener<CallSession>,
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

  report(utterances: HeardUtterance[], keepalive: boolean): Promise<unknown> {
    return this.panel.post(this.path('utterances'), { utterances }, keepalive);
  }

  runTool(request: ToolRequest): Promise<ToolResponse> {
    return twice(() => this.panel.post('/api/tavus/tool', { ...request, sessionId: this.current?.sessionId }));
  }

  protected override news(): object {
    return { replicaJoined: this.replicaJoined() };
  }

  protected override pause(session: CallSession | undefined): number {
    return !session || session.state === 'queued' || session.state === 'creating' ? inLine : inCall;
  }
}
