import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Action, Card } from '../../call/Card';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

/** Says why there is no microphone, and what the visitor can do. */
export function NoMicrophone({ call, panel }: { call: VoiceModel; panel: CallHost }) {
  const t = voiceWords.value;
  const deviceError = call.deviceErrors.value.microphone ?? 'unknown';
  const hostedUrl = panel.config.value?.hostedUrl;
  // These apply to the customer's page, so the hosted page may still get the microphone.
  const canOpenTab = hostedUrl && panel.host.mode !== 'page' && ['policy', 'insecure', 'denied'].includes(deviceError);
  return (
    <Card role="alert" title={t.noMicrophone} lines={[t[`microphone_${deviceError}`]]}>
      <Action first label={t.continueInText} onPress={() => call.close()} />
      {deviceError !== 'policy' && deviceError !== 'insecure' && (
        <Action label={t.tryAgain} onPress={() => call.retryDevices()} />
      )}
      {canOpenTab && (
        <a class="action" href={panel.host.api + hostedUrl} target="_blank" rel="noopener" onClick={() => call.close()}>
          {t.openInNewTab}
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
  return (
    // How long it lasted is said in the conversation below.
    <Card
      role="status"
      title={end.noRetry ? t.noCalls : (end.message ?? fill(t[`end_${end.reason}`], { agent }))}
      lines={[t.conversationKept]}
    >
      <Action first label={t.continueInText} onPress={() => call.close()} />
      {!end.noRetry && <Action label={t.callAgain} onPress={() => call.callAgain()} />}
    </Card>
  );
}
