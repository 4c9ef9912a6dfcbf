import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import { fill } from '../app/i18n';
import { isComposing } from '../app/keys';
import type { DictationPhase, DictationSession } from './session';
import { dictationWords } from './words';

/** Hosts that people know by another name. */
const companies: Partial<Record<string, string>> = { 'api.openai.com': 'OpenAI', 'api.groq.com': 'Groq' };

export function recipientName(host: string): string {
  return companies[host] ? `${companies[host]} (${host})` : host;
}

/** Asks for consent, and shows the state of the dictation and what went wrong. */
export function Bar({ session }: { session: DictationSession }) {
  const t = dictationWords.value;
  const consentButton = useRef<HTMLButtonElement>(null);
  const phase = session.phase.value;
  const error = session.error.value;
  const recipient = session.recipient.value;
  const states: Partial<Record<DictationPhase, string>> = { asking: t.asking, hearing: t.hearing, writing: t.writing };

  useLayoutEffect(() => {
    if (phase !== 'consent') return undefined;
    const opener = (consentButton.current?.getRootNode() as ShadowRoot | undefined)?.activeElement;
    consentButton.current?.focus();
    return () => (opener as HTMLElement | null | undefined)?.focus();
  }, [phase === 'consent']);

  return (
    <>
      {phase === 'consent' && (
        <section
          class="consent"
          role="group"
          aria-label={t.dictation}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || isComposing(event)) return;
            event.stopPropagation();
            session.cancel();
          }}
        >
          <p>
            {typeof recipient === 'object'
              ? fill(t.consent_host, { recipient: recipientName(recipient.host) })
              : t[`consent_${recipient}`]}{' '}
            {t.consent_after}
          </p>
          <div>
            <button type="button" class="consent-go" ref={consentButton} onClick={() => session.giveConsent()}>
              {t.useMicrophone}
            </button>
            <button type="button" onClick={() => session.cancel()}>
              {t.cancel}
            </button>
          </div>
        </section>
      )}
      <div class={states[phase] === undefined ? 'hidden' : `dictation-note ${phase}`} role="status">
        {states[phase]}
      </div>
      {error && (
        <div class="dictation-note" role="alert">
          <span>{session.serverMessage.value ?? t[`error_${error}`]}</span>
          <button type="button" class="tool" aria-label={t.close} title={t.close} onClick={() => session.cancel()}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </>
  );
}
