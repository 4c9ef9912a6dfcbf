import { useEffect } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

/** The big button that is held while speaking, by finger, mouse or key. Whatever takes the hold away lets it go. */
export function Talk({ call }: { call: VoiceModel }) {
  const t = voiceWords.value;
  const held = call.held.value;
  const release = (): void => call.hold(false);

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
        call.hold(true);
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      // A long touch is no wish for a menu.
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        call.hold(true);
      }}
      onKeyUp={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        release();
      }}
      onBlur={release}
      onClick={(event) => {
        // Neither pointer nor key: a screen reader or a switch, which can press but not hold.
        if (event.detail === 0) call.hold(!held);
      }}
    >
      <Icon name="voice" />
      {held ? t.holding : t.hold}
    </button>
  );
}
