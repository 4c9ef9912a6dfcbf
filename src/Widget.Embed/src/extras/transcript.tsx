/** The conversation by e-mail, or as a text file. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../app/api';
import { Sheet } from '../app/components/Sheet';
import { fill, locale, words } from '../app/i18n';
import { newId } from '../app/ids';
import type { PanelHost, SheetProps } from '../app/moduleHost';
import { addSheets } from '../app/styles/sheets';
import { fullTime } from '../app/times';
import { Field, focusError, isEmail } from './Field';
import { extrasStyle } from './style';
import { extraWords } from './words';

export function TranscriptSheet({ panel, close }: SheetProps) {
  addSheets(panel.host.shadow, extrasStyle);
  const t = extraWords.value;
  const [email, setEmail] = useState('');
  const [problem, setProblem] = useState<{ email?: string; other?: string }>({});
  const [state, setState] = useState<'asking' | 'sending' | 'sent'>('asking');
  const clientId = useRef(newId());
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input')?.focus(), []);

  const send = async (): Promise<void> => {
    if (!isEmail(email)) {
      setProblem({ email: email.trim() === '' ? t.emailMissing : t.emailInvalid });
      focusError(form.current);
      return;
    }
    setProblem({});
    setState('sending');
    try {
      await panel.post('/api/widget/conversations/{id}/transcript', {
        clientId: clientId.current,
        email: email.trim(),
        locale: locale.value,
      });
      setState('sent');
    } catch (error) {
      setState('asking');
      const refused = error instanceof ApiError && error.status === 400;
      setProblem(refused ? { email: t.emailInvalid } : { other: t.notSent });
      if (refused) focusError(form.current);
    }
  };

  return (
    <Sheet
      over={panel.view.value}
      heading={panel.host.mode === 'page' ? 'h1' : 'h2'}
      kind="transcript"
      label={words.value.emailTranscript}
      close={close}
    >
      {state === 'sent' ? (
        <p role="status">{fill(t.transcriptSent, { email: email.trim() })}</p>
      ) : (
        <form
          ref={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Field
            label={t.email}
            type="email"
            value={email}
            required
            maxLength={254}
            autocomplete="email"
            error={problem.email}
            onInput={setEmail}
          />
          <p class="note">{t.transcriptNote}</p>
          {problem.other && (
            <p class="note error" role="alert">
              {problem.other}
            </p>
          )}
          <button type="submit" class="primary" disabled={state === 'sending'}>
            {state === 'sending' ? words.value.sending : t.sendTranscript}
          </button>
        </form>
      )}
      <button type="button" class="link" onClick={() => saveTranscript(panel)}>
        {words.value.saveTranscript}
      </button>
    </Sheet>
  );
}

/** Downloads the conversation as a text file. */
export function saveTranscript(panel: PanelHost): void {
  const { agentName = '', tenantName = '' } = panel.config.value ?? {};
  const t = words.value;
  const lines = panel.conversation.value.items.flatMap((item) => {
    if (!('text' in item)) return [];
    const speaker = item.kind === 'spoken' ? item.speaker : item.kind;
    const message = item.kind === 'people' && item.event.kind === 'person_message' ? item.event : undefined;
    const who = message?.name ?? (speaker === 'visitor' ? t.you : `${agentName} (${t.aiAssistant})`);
    const files = (item.kind === 'visitor' ? item.attachments : message?.attachments) ?? [];
    const sources = item.kind === 'assistant' ? item.citations : [];
    return [
      `${who}${item.at ? `, ${fullTime(item.at)}` : ''}`,
      ...(item.text ? [item.text] : []),
      ...files.map(({ name }) => `[${name}]`),
      ...sources.map(({ number, title, url }) => `[${number}] ${title}${url ? ` ${url}` : ''}`),
      '',
    ];
  });
  const file = new Blob([[fill(t.assistantOf, { tenant: tenantName }), '', ...lines].join('\n')], {
    type: 'text/plain;charset=utf-8',
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${tenantName || 'conversation'}-${new Date().toISOString().slice(0, 10)}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
