/** Asks who the visitor is, before their first message. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { fill, isolate, locale, words } from '../../app/i18n';
import type { PanelProps } from '../../app/moduleHost';
import { Field, focusError } from '../Field';
import { isBusy, isRefused, pageAddress, RequestId } from '../requests';
import { Choices } from './Choices';
import { answerOf, formFields, inputOf, problemOf, type Answers, type FormField } from './questions';
import { markDone } from './qualified';
import { addStyles } from './style';
import { questionWords } from './words';

const conversation = '/api/widget/conversations/{id}';
const addresses = ['name', 'email', 'phone'];
/** What a field takes. */
const maxLengths = { name: 200, email: 254, phone: 40, choice: 100, number: 40, boolean: 5, text: 1000 };

type Problems = Partial<Record<string, string>>;

export function PreChat({ panel }: PanelProps) {
  addStyles(panel.host.shadow);
  const t = questionWords.value;
  const config = panel.config.value;
  const fields = config ? formFields(config) : [];
  const [values, setValues] = useState<Partial<Record<string, string>>>({});
  const [problems, setProblems] = useState<Problems>({});
  const [failed, setFailed] = useState<string>();
  const [sending, setSending] = useState(false);
  const ids = useRef({ contact: new RequestId(), answers: new RequestId() });
  const form = useRef<HTMLFormElement>(null);
  const held = panel.held.value;
  const valueOf = ({ key }: FormField): string => values[key] ?? '';

  // The visitor wants to send something, so the form is what they have to see.
  useEffect(() => {
    if (held !== undefined) form.current?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [held]);

  const consent = fill(t.consent, { tenant: config?.tenantName ?? '' });
  const finish = (): void => {
    const isInside = form.current?.contains((form.current.getRootNode() as ShadowRoot).activeElement);
    panel.sendHeld();
    if (isInside) panel.host.shadow.querySelector<HTMLElement>('.composer textarea')?.focus({ preventScroll: true });
  };
  const send = async (): Promise<void> => {
    const found = problemsOf(fields, valueOf);
    setProblems(found);
    setFailed(undefined);
    if (Object.keys(found).length > 0) {
      focusError(form.current);
      return;
    }
    setSending(true);
    try {
      await sendContact();
      await sendAnswers();
      finish();
    } catch (error) {
      setSending(false);
      const refused: Problems = {
        ...(isRefused(error, 'email') && { email: t.emailInvalid }),
        ...(isRefused(error, 'phone') && { phone: t.phoneInvalid }),
      };
      setProblems(refused);
      if (Object.keys(refused).length > 0) focusError(form.current);
      else setFailed(isBusy(error) ? words.value.busy : t.notSent);
    }
  };
  const sendContact = async (): Promise<void> => {
    const given = fields.filter((field) => addresses.includes(field.key) && valueOf(field).trim());
    if (given.length === 0) return;
    const contact = Object.fromEntries(given.map((field) => [field.key, valueOf(field).trim()]));
    // Without an address there is nothing to keep; the name is for the conversation.
    if (!contact.email && !contact.phone) await panel.post('/api/widget/identify', contact);
    else {
      const body = { ...contact, locale: locale.value, consent };
      const clientId = ids.current.contact.for(body);
      await panel.post(`${conversation}/contact`, { clientId, page: pageAddress(), ...body });
    }
  };
  const sendAnswers = async (): Promise<void> => {
    const given = fields.filter((field) => !addresses.includes(field.key) && valueOf(field).trim());
    if (given.length === 0) return;
    const answers: Answers = Object.fromEntries(
      given.map((field) => [field.key, answerOf(field.kind, valueOf(field))]),
    );
    const clientId = ids.current.answers.for(answers);
    await panel.post(`${conversation}/qualification`, { clientId, page: pageAddress(), answers });
    markDone(panel, Object.keys(answers));
  };

  if (fields.length === 0) return null;
  const isOptional = fields.every(({ required }) => !required);
  return (
    <form
      class="question-card"
      ref={form}
      noValidate
      aria-label={t.beforeWeStart}
      aria-busy={sending}
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending) void send();
      }}
    >
      <p>
        <b>{t.beforeWeStart}</b>
      </p>
      {held && (
        <p class="note held" dir="auto">
          {fill(t.yourMessage, { text: isolate(held) })}
        </p>
      )}
      {fields.map((field) => {
        const label = field.required ? field.label : fill(t.optional, { label: field.label });
        const error = problems[field.key];
        const set = (value: string): void => setValues((known) => ({ ...known, [field.key]: value }));
        return field.options.length > 0 ? (
          <Choices
            key={field.key}
            label={label}
            options={field.options}
            value={valueOf(field)}
            error={error}
            onChoose={set}
          />
        ) : (
          <Field
            key={field.key}
            label={label}
            type={field.kind === 'email' ? 'email' : field.kind === 'phone' ? 'tel' : 'text'}
            value={valueOf(field)}
            required={field.required}
            {...(field.kind === 'number' && inputOf('number'))}
            maxLength={maxLengths[field.kind]}
            autocomplete={
              field.kind === 'phone' ? 'tel' : field.kind === 'name' || field.kind === 'email' ? field.kind : 'off'
            }
            error={error}
            onInput={set}
          />
        );
      })}
      <p class="note">{consent}</p>
      {failed && (
        <p class="note error" role="alert">
          {failed}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary small" disabled={sending}>
          {sending ? words.value.sending : held ? t.startAndSend : t.start}
        </button>
        {isOptional && (
          <button type="button" class="offer" onClick={finish}>
            {t.skip}
          </button>
        )}
      </div>
    </form>
  );
}

function problemsOf(fields: readonly FormField[], valueOf: (field: FormField) => string): Problems {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const problem = problemOf(field, valueOf(field));
      return problem ? [[field.key, problem]] : [];
    }),
  );
}
