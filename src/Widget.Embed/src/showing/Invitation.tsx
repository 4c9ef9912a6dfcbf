/** A person invites the visitor to a call, which opens on a page of its own: it has room for pictures, and outlives this page. */
import { useState } from 'preact/hooks';
import { duration } from '../app/duration';
import { Icon } from '../app/components/Icon';
import type { CallInvited, CallOver as CallOverEvent } from '../app/events';
import { fill, isolate } from '../app/i18n';
import type { PanelHost } from '../app/moduleHost';
import { showingWords } from './words';

export function Invitation({ panel, event }: { panel: PanelHost; event: CallInvited }) {
  const t = showingWords.value;
  const [state, setState] = useState<'idle' | 'opening' | 'failed' | 'refused'>('idle');
  const [link, setLink] = useState<string>();
  const isOver = panel.conversation.value.items.some(
    (item) => item.kind === 'shown' && item.event.kind === 'call_ended' && item.event.roomId === event.roomId,
  );
  const isExpired = !!event.expiresAt && Date.parse(event.expiresAt) < Date.now();
  const room = `/api/video/rooms/${encodeURIComponent(event.roomId)}`;

  const join = async (): Promise<void> => {
    // Browsers block windows that are not opened in the click itself.
    const tab = window.open('', '_blank');
    setState('opening');
    try {
      const { url } = await panel.post<{ url: string }>(`${room}/links`, { role: 'guest' });
      setState('idle');
      if (tab) {
        tab.opener = null;
        tab.location.replace(url);
      } else setLink(url);
    } catch {
      tab?.close();
      setState('failed');
    }
  };
  const refuse = async (): Promise<void> => {
    try {
      await panel.post(`${room}/refuse`, {});
      setState('refused');
    } catch {
      setState('failed');
    }
  };
  const title = event.name ? fill(t.invited, { name: isolate(event.name) }) : t.invitedUnnamed;
  return (
    <section class="invitation" aria-label={title}>
      <p class="invitation-title">
        <Icon name="video" />
        <b>{title}</b>
      </p>
      {isExpired && !isOver ? (
        <p class="note">{t.callExpired}</p>
      ) : (
        !isOver &&
        state !== 'refused' && (
          <>
            <p class="note">{t.inviteNote}</p>
            <div class="buttons">
              {link ? (
                <a class="primary" href={link} target="_blank" rel="noopener">
                  {t.openHere}
                </a>
              ) : (
                <button
                  type="button"
                  class="primary join-call"
                  disabled={state === 'opening'}
                  onClick={() => void join()}
                >
                  {state === 'opening' ? t.opening : t.joinCall}
                </button>
              )}
              <button type="button" class="link" onClick={() => void refuse()}>
                {t.notNow}
              </button>
            </div>
          </>
        )
      )}
      <p class="note error" role="alert">
        {state === 'failed' ? t.inviteFailed : ''}
      </p>
    </section>
  );
}

export function CallOver({ event }: { event: CallOverEvent }) {
  const t = showingWords.value;
  return (
    <div class="event" role="status">
      {event.reason === 'refused'
        ? t.callRefused
        : event.seconds
          ? fill(t.callOverTime, { time: duration(event.seconds) })
          : t.callOver}
    </div>
  );
}
