import type { TargetedEvent } from 'preact';
import { words } from '../i18n';
import type { Store } from '../store';

/** Says what is the matter with the line, while something is. */
export function StatusBar({ store }: { store: Store }) {
  const t = words.value;
  const status = store.status.value;
  const known = store.config.value !== undefined;
  const retry = ({ currentTarget }: TargetedEvent<HTMLElement>): void => {
    // The button goes; whoever pressed it by key is not to begin anew at the top of the page.
    currentTarget.closest('.panel')?.querySelector<HTMLElement>('.thread')?.focus({ preventScroll: true });
    store.retry();
  };
  if (status.state === 'refused') {
    return (
      <div class="status refused" role="alert">
        <strong>{t.refused}</strong>
        <span>{status.reason}</span>
        <button type="button" onClick={retry}>
          {t.retry}
        </button>
      </div>
    );
  }
  return (
    // It stays: what appears with its words already in it is not read out everywhere.
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
