/** Asks whether to keep the visitor's address. What they have typed stays until it is kept, also while the panel shows something else. */
import { signal } from '@preact/signals';
import { fill, locale, words } from '../../app/i18n';
import { newId } from '../../app/ids';
import type { PanelHost } from '../../app/moduleHost';
import type { ContactQuestion } from '../../app/offers';
import { isEmail } from '../Field';
import { isBusy, isRefused, pageAddress, RequestId } from '../requests';
import { extraWords } from '../words';
import { sellingWords } from './words';

const path = '/api/widget/conversations/{id}/contact';

export class ContactForm {
  readonly email = signal('');
  readonly phone = signal('');
  /** The visitor enters an address, instead of keeping the one in their message. */
  readonly editing = signal(false);
  /** 'kept' and 'declined' stay until the log contains the event. */
  readonly state = signal<'asking' | 'sending' | 'kept' | 'declined'>('asking');
  readonly problem = signal<{ email?: string; phone?: string; other?: string }>({});
  /** The first field takes the focus when it appears: the visitor has opened it. */
  wantsFocus = false;
  readonly conversationId;
  readonly #id = new RequestId();

  constructor(
    private readonly panel: PanelHost,
    readonly question: ContactQuestion,
  ) {
    this.conversationId = panel.conversationId;
    this.email.value = question.email ?? '';
    this.phone.value = question.phone ?? '';
    if (!question.email && !question.phone) this.edit();
  }

  /** What the visitor agrees to. */
  get consent(): string {
    return fill(sellingWords.value.contactConsent, { tenant: this.panel.config.value?.tenantName ?? '' });
  }

  /** Copies what the visitor typed or declined in the conversation's previous form. */
  continue({ state, editing, email, phone }: ContactForm): void {
    if (state.value === 'declined') this.state.value = 'declined';
    if (state.value !== 'asking' || !editing.value) return;
    this.editing.value = true;
    this.email.value = email.value || this.email.value;
    this.phone.value = phone.value || this.phone.value;
  }

  edit(): void {
    this.editing.value = true;
    this.wantsFocus = true;
  }

  async save(): Promise<void> {
    if (this.state.value !== 'asking') return;
    const [email, phone] = [this.email.value.trim(), this.phone.value.trim()];
    this.problem.value = this.#check(email, phone);
    if (this.#hasProblem()) return;
    this.state.value = 'sending';
    const body = { ...(email && { email }), ...(phone && { phone }), locale: locale.value, consent: this.consent };
    try {
      await this.panel.post(path, { clientId: this.#id.for(body), page: pageAddress(), ...body });
      this.state.value = 'kept';
    } catch (error) {
      this.problem.value = describe(error);
      // The field shows what is wrong.
      if (this.problem.value.email ?? this.problem.value.phone) this.editing.value = true;
      this.state.value = 'asking';
    }
  }

  /** Retried until the server has it. The visitor is not asked again. */
  decline(): void {
    if (this.state.value !== 'asking') return;
    this.state.value = 'declined';
    const body = { clientId: newId(), page: pageAddress(), declined: true };
    this.panel.deliver(path, body);
  }

  #check(email: string, phone: string): { email?: string; phone?: string } {
    if (email === '' && phone === '') return { email: sellingWords.value.contactMissing };
    return email !== '' && !isEmail(email) ? { email: extraWords.value.emailInvalid } : {};
  }

  #hasProblem(): boolean {
    return Object.keys(this.problem.value).length > 0;
  }
}

function describe(error: unknown): { email?: string; phone?: string; other?: string } {
  const problem = {
    ...(isRefused(error, 'email') && { email: extraWords.value.emailInvalid }),
    ...(isRefused(error, 'phone') && { phone: sellingWords.value.phoneInvalid }),
  };
  if (Object.keys(problem).length > 0) return problem;
  return { other: isBusy(error) ? words.value.busy : extraWords.value.notSent };
}

const forms = new WeakMap<PanelHost, ContactForm>();

/**
 * The form for a question. If a later message has another address, what the visitor has typed stays. A visitor who has declined is not
 * asked again, even before the server knows.
 */
export function contactForm(panel: PanelHost, question: ContactQuestion): ContactForm {
  const known = forms.get(panel);
  if (known && isSame(known, question, panel.conversationId)) return known;
  const form = new ContactForm(panel, question);
  if (known && known.conversationId === form.conversationId) form.continue(known);
  forms.set(panel, form);
  return form;
}

function isSame({ question: known, conversationId }: ContactForm, question: ContactQuestion, id?: string): boolean {
  return (
    conversationId === id &&
    known.seq === question.seq &&
    known.email === question.email &&
    known.phone === question.phone
  );
}
