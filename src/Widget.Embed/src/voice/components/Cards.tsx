import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
import type { Store } from '../../app/store';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

/** There is no microphone: why, and what can be done about it. */
export function Trouble({ call, store }: { call: VoiceModel; store: Store }) {
  const t = voiceWords.value;
  const trouble = call.trouble.value ?? 'unknown';
  const hosted = store.config.value?.hostedUrl;
  // What this page, or a refusal on it, keeps from us, a page of our own may have.
  const elsewhere = hosted && store.host.mode !== 'page' && ['policy', 'insecure', 'denied'].includes(trouble);
  return (
    <div class="card" role="alert">
      <p>
        <strong>{t.troubleTitle}</strong>
      </p>
      <p>{t[`microphone_${trouble}`]}</p>
      <div class="ways">
        <button type="button" class="way strong" data-first onClick={() => call.close()}>
          {t.toText}
        </button>
        {trouble !== 'policy' && trouble !== 'insecure' && (
          <button type="button" class="way" onClick={() => call.askAgain()}>
            {t.askAgain}
          </button>
        )}
        {elsewhere && (
          <a class="way" href={store.host.api + hosted} target="_blank" rel="noopener" onClick={() => call.close()}>
            {t.inTab}
          </a>
        )}
      </div>
    </div>
  );
}

/** How it ended, and how to go on. */
export function Ended({ call, agent }: { call: VoiceModel; agent: string }) {
  const t = voiceWords.value;
  const end = call.end.value;
  if (!end) return null;
  return (
    <div class="card" role="status">
      <p>
        <strong>{end.problem ?? fill(t[`end_${end.reason}`], { agent })}</strong>
      </p>
      <p>{end.seconds >= 1 ? fill(t.lasted, { time: duration(end.seconds) }) : t.stays}</p>
      <div class="ways">
        <button type="button" class="way strong" data-first onClick={() => call.close()}>
          {t.toText}
        </button>
        <button type="button" class="way" onClick={() => call.again()}>
          {t.again}
        </button>
      </div>
    </div>
  );
}
