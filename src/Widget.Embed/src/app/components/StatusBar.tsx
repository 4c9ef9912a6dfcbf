import type { TargetedEvent } from 'preact';
import { words } from '../i18n';
import type { Store } from '../store';

/** Says what is wrong with the connection. */
export function StatusBar({ store }: { store: Store }) {
  const t = words.value;
  const status = store.status.value;
  const known = store.config.value !== undefined;
  const retry = ({ currentTarget }: TargetedEvent<HTMLElement>): void => {
    // The button disappears. Without this the keyboard focus would go back to the top of the page.
    currentTarget.closest('.panel')?.querySelector<HTMLElement>('.thread, .home')?.focus({ preventScroll: true });
    store.retry();
  };
  if (status.state === 'refused') {
    return (
      <div class="status refused" role="alert">
        <strong>{t.refused}</strong>
        <button type="button" onClick={retry}>
          {t.retry}
        </button>
      </div>
    );
  }
  return (
    // Always present: some screen readers do not announce a status element that appears together with its text.
    <div class={status.state === 'online' ? 'hidden' : `status ${status.state}`} role="status">
      {status.state !== 'online' && (
        <span>{status.state === 'connecting' && known ? t.reconnecting : t[status.state]}</span>
      )}
      {status.state === 'reconnecting' && (
        <button type="button" onClick={retry}>
          {t.retry}
        </button>
      )}
    </div>
  );
}
