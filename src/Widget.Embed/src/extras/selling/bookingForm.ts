/** Books a meeting: free times, the visitor's details, and what happens if somebody else was faster. */
import { computed, signal } from '@preact/signals';
import { ApiError, type Problem } from '../../app/api';
import { fill, locale, words } from '../../app/i18n';
import type { PanelHost } from '../../app/moduleHost';
import { isEmail } from '../Field';
import { knownVisitor } from '../known';
import { isBusy, isRefused, pageAddress, RequestId } from '../requests';
import { extraWords } from '../words';
import { byDay, timeZone, type Slot, type Time } from './slots';
import { sellingWords } from './words';

/** How many days of free times are loaded at once. */
const days = 14;

interface Booked {
  id: string;
  start: string;
  end: string;
  repName: string;
  manageUrl?: string | null;
}

export class BookingForm {
  readonly slots = signal<Slot[]>([]);
  readonly state = signal<'loading' | 'ready' | 'failed'>('loading');
  /** The end of the days that are loaded, in milliseconds. */
  readonly until = signal(0);
  /** How often free times were looked for; later days each time. */
  readonly searched = signal(0);
  readonly chosenDay = signal<string | undefined>(undefined);
  readonly time = signal<Time | undefined>(undefined);
  /** The chosen time was taken by somebody else; other times are shown. */
  readonly taken = signal(false);
  readonly name = signal('');
  readonly email = signal('');
  readonly note = signal('');
  readonly problem = signal<{ email?: string; other?: string }>({});
  readonly sending = signal(false);
  /** Who the meeting is with, if there is only one person; otherwise the server chooses who is free. */
  readonly repName = computed(() => {
    const names = new Set(this.slots.value.map(({ repName }) => repName));
    return names.size === 1 ? [...names][0] : undefined;
  });
  readonly days = computed(() => byDay(this.slots.value));
  readonly day = computed(() => this.days.value.find(({ key }) => key === this.chosenDay.value) ?? this.days.value[0]);
  readonly conversationId;
  readonly #id = new RequestId();
  /** The latest request for free times. */
  #loading = 0;

  constructor(private readonly panel: PanelHost) {
    this.conversationId = panel.conversationId;
    const { name, email } = knownVisitor(panel.conversation.value);
    this.name.value = name;
    this.email.value = email;
  }

  /** What the visitor agrees to. */
  get consent(): string {
    return fill(sellingWords.value.bookConsent, { tenant: this.panel.config.value?.tenantName ?? '' });
  }

  /** Loads the free times from now on. Time has passed if the visitor comes back. */
  async open(): Promise<void> {
    this.until.value = 0;
    this.searched.value = 0;
    this.slots.value = [];
    this.choose(undefined);
    await this.more();
  }

  /** Loads free times of later days. Those that are known stay. */
  async more(): Promise<void> {
    const loading = ++this.#loading;
    const from = this.until.value || Date.now();
    const to = from + days * 86_400_000;
    const query = new URLSearchParams({ from: iso(from), to: iso(to), timeZone: timeZone() });
    this.state.value = 'loading';
    try {
      const { slots } = await this.panel.get<{ slots: Slot[] }>(`/api/widget/meetings/slots?${query.toString()}`);
      if (loading !== this.#loading) return;
      // The first of the new days is what the visitor wants to see.
      if (this.until.value) this.chosenDay.value = byDay(slots)[0]?.key ?? this.chosenDay.value;
      this.slots.value = [...this.slots.value, ...slots];
      this.until.value = to;
      this.searched.value++;
      this.state.value = 'ready';
    } catch {
      if (loading === this.#loading) this.state.value = 'failed';
    }
  }

  /** Goes on to the visitor's details, or back to the free times. */
  choose(time: Time | undefined): void {
    this.time.value = time;
    this.taken.value = false;
    this.problem.value = {};
  }

  /** Returns true if the meeting is booked. */
  async book(): Promise<boolean> {
    const time = this.time.value;
    if (!time || this.sending.value) return false;
    const [name, email, note] = [this.name.value.trim(), this.email.value.trim(), this.note.value.trim()];
    const { emailForInvitation } = sellingWords.value;
    this.problem.value = isEmail(email) ? {} : { email: email ? extraWords.value.emailInvalid : emailForInvitation };
    if (this.problem.value.email) return false;
    const body = {
      conversationId: this.panel.conversationId,
      slotStart: time.start,
      ...(name && { name }),
      email,
      ...(note && { note }),
      consent: this.consent,
      locale: locale.value,
      timeZone: timeZone(),
    };
    this.sending.value = true;
    try {
      const booked = await this.panel.post<Booked>('/api/widget/meetings', {
        ...body,
        page: pageAddress(),
        idempotencyKey: this.#id.for(body),
      });
      this.panel.meetingBooked({ ...booked, meetingId: booked.id, timeZone: body.timeZone });
      return true;
    } catch (error) {
      this.#refused(error);
      return false;
    } finally {
      this.sending.value = false;
    }
  }

  #refused(error: unknown): void {
    if (error instanceof ApiError && error.status === 409) {
      const { slots = [] } = error.problem as Problem & { slots?: Slot[] };
      this.#id.renew();
      this.choose(undefined);
      this.taken.value = true;
      this.slots.value = slots;
      this.chosenDay.value = byDay(slots)[0]?.key;
      // "Later days" begins from now again: others may be free besides these.
      this.until.value = 0;
      if (slots.length === 0) void this.more();
    } else if (isRefused(error, 'email')) this.problem.value = { email: extraWords.value.emailInvalid };
    else this.problem.value = { other: isBusy(error) ? words.value.busy : sellingWords.value.notBooked };
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

const forms = new WeakMap<PanelHost, BookingForm>();

/** What the visitor has typed stays until the meeting is booked. */
export function bookingForm(panel: PanelHost): BookingForm {
  let form = forms.get(panel);
  if (form?.conversationId !== panel.conversationId || !form) forms.set(panel, (form = new BookingForm(panel)));
  return form;
}

export function forgetBooking(panel: PanelHost): void {
  forms.delete(panel);
}
