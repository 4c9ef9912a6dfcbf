import { useEffect } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

/** The push-to-talk button, held by finger, mouse or key. Losing the focus or the pointer releases it. */
export function Talk({ call }: { call: VoiceModel }) {
  const t = voiceWords.value;
  const held = call.held.value;
  const release = (): void => call.holdTalkButton(false);

  useEffect(() => {
    const hidden = (): void => {
      if (document.hidden) release();
    };
    window.addEventListener('blur', release);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      window.removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', hidden);
      release();
    };
  }, [call]);

  const isKey = (event: KeyboardEvent): boolean => event.key === ' ' || event.key === 'Enter';
  return (
    <button
      type="button"
      class="talk"
      aria-pressed={held}
      disabled={call.phase.value !== 'live'}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        call.holdTalkButton(true);
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      // A long touch would open the context menu.
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        call.holdTalkButton(true);
      }}
      onKeyUp={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        release();
      }}
      onBlur={release}
      onClick={(event) => {
        // A click without pointer or key comes from assistive technology, which cannot hold: it toggles.
        if (event.detail === 0) call.holdTalkButton(!held);
      }}
    >
      <Icon name="voice" />
      {held ? t.releaseWhenDone : t.holdToTalk}
    </button>
  );
}
