import { words } from '../i18n';
import type { Store } from '../store';

/** Says what is the matter with the line, while something is. */
export function StatusBar({ store }: { store: Store }) {
  const t = words.value;
  const status = store.status.value;
  if (status.state === 'online') return null;
  const known = store.config.value !== undefined;
  if (status.state === 'refused') {
    return (
      <div class="status refused" role="alert">
        <strong>{t.refused}</strong>
        <span>{status.reason}</span>
        <button type="button" onClick={() => store.retry()}>
          {t.retry}
        </button>
      </div>
    );
  }
  return (
    <div class={`status ${status.state}`} role="status">
      <span>{status.state === 'connecting' && known ? t.reconnecting : t[status.state]}</span>
      {status.state === 'reconnecting' && (
        <button type="button" onClick={() => store.retry()}>
          {t.retry}
        </button>
      )}
    </div>
  );
}
