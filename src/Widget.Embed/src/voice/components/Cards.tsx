import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Action, Card } from '../../call/Card';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

/** Says why there is no microphone, and what the visitor can do. */
export function Trouble({ call, panel }: { call: VoiceModel; panel: CallHost }) {
  const t = voiceWords.value;
  const trouble = call.troubles.value.microphone ?? 'unknown';
  const hostedUrl = panel.config.value?.hostedUrl;
  // These apply to the customer's page, so the hosted page may still get the microphone.
  const canOpenTab = hostedUrl && panel.host.mode !== 'page' && ['policy', 'insecure', 'denied'].includes(trouble);
  return (
    <Card role="alert" title={t.troubleTitle} lines={[t[`microphone_${trouble}`]]}>
      <Action first label={t.toText} onPress={() => call.close()} />
      {trouble !== 'policy' && trouble !== 'insecure' && <Action label={t.askAgain} onPress={() => call.askAgain()} />}
      {canOpenTab && (
        <a class="action" href={panel.host.api + hostedUrl} target="_blank" rel="noopener" onClick={() => call.close()}>
          {t.inTab}
        </a>
      )}
    </Card>
  );
}

/** Says how the call ended, and how to continue. */
export function Ended({ call, agent }: { call: VoiceModel; agent: string }) {
  const t = voiceWords.value;
  const end = call.end.value;
  if (!end) return null;
  const line = end.seconds >= 1 ? fill(t.lasted, { time: duration(end.seconds) }) : t.stays;
  return (
    <Card role="status" title={end.problem ?? fill(t[`end_${end.reason}`], { agent })} lines={[line]}>
      <Action first label={t.toText} onPress={() => call.close()} />
      <Action label={t.again} onPress={() => call.again()} />
    </Card>
  );
}
