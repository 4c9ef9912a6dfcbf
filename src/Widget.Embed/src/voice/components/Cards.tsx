import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Card, Way } from '../../call/Card';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

/** There is no microphone: why, and what can be done about it. */
export function Trouble({ call, panel }: { call: VoiceModel; panel: CallHost }) {
  const t = voiceWords.value;
  const trouble = call.trouble.value ?? 'unknown';
  const hosted = panel.config.value?.hostedUrl;
  // What this page, or a refusal on it, keeps from us, a page of our own may have.
  const elsewhere = hosted && panel.host.mode !== 'page' && ['policy', 'insecure', 'denied'].includes(trouble);
  return (
    <Card role="alert" title={t.troubleTitle} lines={[t[`microphone_${trouble}`]]}>
      <Way first label={t.toText} onPress={() => call.close()} />
      {trouble !== 'policy' && trouble !== 'insecure' && <Way label={t.askAgain} onPress={() => call.askAgain()} />}
      {elsewhere && (
        <a class="way" href={panel.host.api + hosted} target="_blank" rel="noopener" onClick={() => call.close()}>
          {t.inTab}
        </a>
      )}
    </Card>
  );
}

/** How it ended, and how to go on. */
export function Ended({ call, agent }: { call: VoiceModel; agent: string }) {
  const t = voiceWords.value;
  const end = call.end.value;
  if (!end) return null;
  const rest = end.seconds >= 1 ? fill(t.lasted, { time: duration(end.seconds) }) : t.stays;
  return (
    <Card role="status" title={end.problem ?? fill(t[`end_${end.reason}`], { agent })} lines={[rest]}>
      <Way first label={t.toText} onPress={() => call.close()} />
      <Way label={t.again} onPress={() => call.again()} />
    </Card>
  );
}
