import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import { isWritingOutside } from '../../app/focus';
import { fill, words } from '../../app/i18n';
import type { ContactProps, PanelHost } from '../../app/moduleHost';
import { addresses } from '../../app/offers';
import { Field, focusError } from '../Field';
import { extraWords } from '../words';
import { contactForm, type ContactForm } from './contactForm';
import { addStyles } from './style';
import { sellingWords } from './words';

/** Asks whether to keep the address in the visitor's message, or for an address. */
export function ContactCard({ panel, question }: ContactProps) {
  addStyles(panel.host.shadow);
  const t = sellingWords.value;
  const card = useRef<HTMLFormElement>(null);
  const form = contactForm(panel, question);
  const editing = form.editing.value;
  const state = form.state.value;
  const problem = form.problem.value;

  useLayoutEffect(() => {
    const root = card.current?.getRootNode() as ShadowRoot;
    return () => {
      // The buttons are about to go.
      if (card.current?.contains(root.activeElement)) focusThread(panel);
    };
  }, []);
  // The visitor has opened the fields.
  useEffect(() => {
    if (form.wantsFocus) card.current?.querySelector<HTMLElement>('input')?.focus();
    form.wantsFocus = false;
  }, [editing]);

  if (state === 'declined') return null;
  const contact = addresses({ email: form.email.value.trim(), phone: form.phone.value.trim() });
  if (state === 'kept')
    return (
      <div class="event" role="status">
        <Icon name="check" />
        <span>{fill(words.value.contactKept, { contact })}</span>
      </div>
    );

  const save = async (): Promise<void> => {
    await form.save();
    if (form.state.value !== 'kept') focusError(card.current);
    else if (!isWritingOutside(card.current, panel.host.shadow)) focusThread(panel);
  };
  return (
    <form
      class="contact-card"
      ref={card}
      noValidate
      aria-busy={state === 'sending'}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <p role="status">
        <b>{editing ? t.howToReach : fill(form.phone.value.trim() ? t.keepContact : t.keepEmail, { contact })}</b>
      </p>
      {editing && <Fields form={form} />}
      <p class="note">{form.consent}</p>
      {problem.other && (
        <p class="note error" role="alert">
          {problem.other}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary small">
          {state === 'sending' ? words.value.sending : editing ? t.save : t.keep}
        </button>
        <button
          type="button"
          class="offer"
          onClick={() => {
            form.decline();
            focusThread(panel);
          }}
        >
          {t.noThanks}
        </button>
        {!editing && (
          <button type="button" class="link" onClick={() => form.edit()}>
            {t.change}
          </button>
        )}
      </div>
    </form>
  );
}

function Fields({ form }: { form: ContactForm }) {
  const t = sellingWords.value;
  const { email, phone } = form.problem.value;
  return (
    <>
      <p class="note">{t.oneIsEnough}</p>
      <Field
        label={extraWords.value.email}
        type="email"
        value={form.email.value}
        maxLength={254}
        autocomplete="email"
        error={email}
        onInput={(value) => (form.email.value = value)}
      />
      <Field
        label={t.phone}
        type="tel"
        value={form.phone.value}
        maxLength={40}
        autocomplete="tel"
        error={phone}
        onInput={(value) => (form.phone.value = value)}
      />
    </>
  );
}

function focusThread(panel: PanelHost): void {
  panel.host.shadow.querySelector<HTMLElement>('.thread')?.focus({ preventScroll: true });
}
