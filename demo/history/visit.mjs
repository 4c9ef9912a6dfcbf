// Plays a visit: what a visitor does in the widget, and what the staff do about it, step by step.
import { openSession, Refused } from './api.mjs';

const consent = {
  en: (company) => `${company} uses your details to contact you about this conversation.`,
  de: (company) => `${company} verwendet Ihre Angaben, um Sie zu dieser Unterhaltung zu kontaktieren.`,
  es: (company) => `${company} usa sus datos para contactarle sobre esta conversación.`,
};

/**
 * What a step does. A step is an object with one of these names, its value, and `by` for the rep who acts.
 * Each gets the visit (`at`), the step's value, an id for the request, and the whole step.
 */
const steps = {
  /** The visitor writes something. `on` is another page. */
  say: async (at, text, clientId, { on }) => {
    const body = { clientId, text, page: at.page(on), locale: at.locale };
    at.answer = await at.visitor('POST', `${at.path}/messages`, body);
  },
  rate: (at, rating, clientId, { reason, comment }) =>
    at.visitor('POST', `${at.path}/ratings`, { clientId, messageId: at.answer.messageId, rating, reason, comment }),
  contact: (at, details, clientId) => {
    at.email ??= details.email;
    return at.visitor('POST', `${at.path}/contact`, { clientId, ...details, ...at.agreed() });
  },
  answers: (at, answers, clientId) => at.visitor('POST', `${at.path}/qualification`, { clientId, answers, page: at.page() }),
  prices: (at, query, clientId) => at.visitor('POST', `${at.path}/prices`, { clientId, query }),
  demo: (at, query, clientId) => at.visitor('POST', `${at.path}/demo`, { clientId, query }),
  agent: (at, name) => at.visitor('POST', `${at.path}/agent`, { agentId: at.agents[name] }),
  person: (at, details, clientId) => {
    at.email ??= details.email;
    return at.visitor('POST', `${at.path}/human`, { clientId, ...details, ...at.agreed() });
  },
  /** Books the free time with this number, counted over the days from tomorrow on. */
  book: async (at, { slot, ...details }, idempotencyKey) => {
    at.email ??= details.email;
    const { slots } = await at.visitor('GET', `/api/widget/meetings/slots?timeZone=${at.timeZone}`);
    const { start } = slots[slot % slots.length];
    const body = { conversationId: at.conversation, slotStart: start, timeZone: at.timeZone, idempotencyKey, ...details, ...at.agreed() };
    await at.visitor('POST', '/api/widget/meetings', body);
  },
  /** The visitor comes back another time. */
  again: (at) => at.open(true),
  accept: (at, rep) => at.act('accept', rep),
  reply: (at, text, clientId, { by }) => at.act('reply', by, { text, clientId }),
  note: (at, text, clientId, { by }) => at.act('note', by, { text, clientId }),
  close: (at, rep) => at.act('close', rep),
  giveBack: (at, rep) => at.act('return', rep),
  spam: (at, rep) => at.act('spam', rep, { spam: true }),
  snooze: (at, days, _, { by }) => at.act('snooze', by, { until: new Date(Date.now() + days * 86_400_000).toISOString() }),
  /** The staff completes the lead. */
  lead: async (at, { owner, ...changes }) => {
    const { items } = await at.staff('GET', `/api/leads?query=${encodeURIComponent(at.email)}`);
    if (items.length === 0) throw new Refused(`there is no lead ${at.email}`);
    await at.staff('PATCH', `/api/leads/${items[0].id}`, { ...changes, ...(owner ? { owner: at.reps[owner] } : {}) });
  },
};

/**
 * Plays a visit to the end, also if steps fail.
 * @param company Its address, keys, name, reps and agents.
 * @param complain Is called with a line for each step that fails.
 */
export async function play(company, visit, complain) {
  const { locale = 'en', timeZone = company.timeZone } = visit;
  const at = {
    locale,
    timeZone,
    staff: company.staff,
    reps: company.reps,
    agents: company.agents,
    page: (page = visit.page) => `${company.site}${page === 'index' ? '' : `${page}.html`}`,
    agreed: () => ({ locale, page: at.page(), consent: consent[locale](company.name) }),
    act: (action, rep, body) => company.staff('POST', `/api/inbox/${at.conversation}/${action}`, { repId: company.reps[rep], ...body }),
    open: async (newConversation = false) => {
      const identity = visit.name ? { name: visit.name } : undefined;
      const opened = await openSession(company.api, company.origin, {
        siteKey: company.siteKey,
        visitorId: at.id,
        newConversation,
        locale,
        page: at.page(),
        identity,
      });
      at.visitor = opened.request;
      at.id = opened.session.visitorId;
      at.conversation = opened.session.conversationId;
      at.path = `/api/widget/conversations/${at.conversation}`;
    },
  };
  await at.open();
  for (const [number, step] of visit.steps.entries()) {
    const name = Object.keys(step).find((key) => key in steps);
    try {
      await steps[name](at, step[name], `demo-${visit.key}-${number}`, step);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complain(`${visit.key}, ${name}: ${error.message}`);
    }
  }
}
