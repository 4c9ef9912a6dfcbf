/** Asks for a person: who the visitor is, and what it is about. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../app/api';
import { Sheet } from '../app/components/Sheet';
import type { PersonRequested } from '../app/events';
import { fill, locale, words } from '../app/i18n';
import { newId } from '../app/ids';
import type { SheetProps } from '../app/moduleHost';
import { addSheets } from '../app/styles/sheets';
import { availabilityText, isOpen } from '../app/times';
import { Field, focusError, isEmail } from './Field';
import { knownVisitor } from './known';
import { pageAddress } from './requests';
import { extrasStyle } from './style';
import { extraWords } from './words';

const maxMessage = 2000;

export function PersonSheet({ panel, close }: SheetProps) {
  addSheets(panel.host.shadow, extrasStyle);
  const t = extraWords.value;
  const config = panel.config.value;
  const purpose = panel.purpose.value;
  const known = knownVisitor(panel.conversation.value);
  const [name, setName] = useState(known.name);
  const [email, setEmail] = useState(known.email);
  const [message, setMessage] = useState(purpose?.message?.slice(0, maxMessage) ?? '');
  const [problem, setProblem] = useState<{ email?: string; other?: string }>({});
  const [sending, setSending] = useState(false);
  // A second attempt repeats the same request.
  const clientId = useRef(newId());
  // Where people can join the chat, an address is needed only if nobody is there.
  const mayJoin = !!config?.attachments && (!config.availability || isOpen(config.availability));
  const [needsEmail, setNeedsEmail] = useState(!mayJoin);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input')?.focus(), []);

  const consent = fill(t.consent, { tenant: config?.tenantName ?? '' });
  const send = async (): Promise<void> => {
    const isEmpty = email.trim() === '';
    if (isEmpty ? needsEmail : !isEmail(email)) {
      setProblem({ email: isEmpty ? t.emailMissing : t.emailInvalid });
      focusError(form.current);
      return;
    }
    setProblem({});
    setSending(true);
    try {
      const requested = await panel.post<PersonRequested | undefined>('/api/widget/conversations/{id}/person', {
        clientId: clientId.current,
        ...(name.trim() && { name: name.trim() }),
        ...(!isEmpty && { email: email.trim() }),
        ...(message.trim() && { message: message.trim() }),
        locale: locale.value,
        page: pageAddress(),
        consent,
      });
      panel.view.value = 'thread';
      if (!isEmpty || requested?.present) {
        close();
        return;
      }
      // The next request is another one, with an address.
      clientId.current = newId();
      setNeedsEmail(true);
      setSending(false);
      setProblem({ email: t.nobodyHere });
      focusError(form.current);
    } catch (error) {
      setSending(false);
      const refused = error instanceof ApiError && error.status === 400;
      setProblem(refused ? { email: t.emailInvalid } : { other: t.notSent });
      if (refused) focusError(form.current);
    }
  };

  return (
    <Sheet
      over={panel.view.value}
      heading={panel.host.mode === 'page' ? 'h1' : 'h2'}
      kind="person"
      label={purpose?.label ?? words.value.person}
      close={close}
    >
      <div>
        {config?.availability && (
          <p class="hours" data-open={isOpen(config.availability)}>
            {availabilityText(config.availability)}
          </p>
        )}
        <p>{needsEmail ? t.personIntro : t.personJoins}</p>
      </div>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Field
          label={fill(t.optional, { label: t.name })}
          value={name}
          maxLength={200}
          autocomplete="name"
          onInput={setName}
        />
        <Field
          label={needsEmail ? t.email : fill(t.optional, { label: t.email })}
          type="email"
          value={email}
          required={needsEmail}
          maxLength={254}
          autocomplete="email"
          error={problem.email}
          onInput={setEmail}
        />
        <Field
          label={fill(t.optional, { label: t.message })}
          value={message}
          lines={3}
          maxLength={maxMessage}
          autocomplete="off"
          onInput={setMessage}
        />
        <p class="note">{consent}</p>
        {problem.other && (
          <p class="note error" role="alert">
            {problem.other}
          </p>
        )}
        <button type="submit" class="primary" disabled={sending}>
          {sending ? words.value.sending : t.sendRequest}
        </button>
      </form>
      {config?.contactUrl && (
        <a class="link" href={config.contactUrl} target="_blank" rel="noopener noreferrer">
          {t.otherWays}
        </a>
      )}
    </Sheet>
  );
}
