// Sets up what a company's staff have: reps with hours, questions for leads, prepared replies, prices, demos, agents and the like.
import { Refused } from './api.mjs';

/** Each is done once. A list's entries are added one by one, so that one that fails doesn't keep the others from being added. */
const parts = {
  reps: async (company, { reps }) => {
    for (const { key, hours, territories, leadsPerDay, ...rep } of reps) {
      const { id } = await company.staff('POST', '/api/reps', { timeZone: company.timeZone, ...rep, email: rep.email ?? company.account });
      if (hours) await company.staff('PUT', `/api/reps/${id}/hours`, hours);
      if (territories) await company.staff('PATCH', `/api/reps/${id}`, { territories, leadsPerDay });
    }
  },
  qualification: (company, { qualification }) => company.staff('PUT', '/api/leads/qualification', qualification),
  fields: (company, { fields }) => company.staff('PUT', '/api/leads/fields', { fields }),
  agents: async (company, { agents }) => {
    for (const agent of agents) await company.staff('POST', '/api/agents', agent);
    const settings = await company.staff('GET', '/api/settings');
    await company.staff('PUT', '/api/settings', { ...settings, agents: { ...settings.agents, visitorsChoose: true } });
  },
  answers: async (company, { answers }) => {
    for (const { page, ...answer } of answers)
      await company.staff('POST', '/api/knowledge/answers', { ...answer, url: `${company.site}${page}` });
  },
  demos: async (company, { demos }) => {
    for (const { picture, ...demo } of demos)
      await company.staff('POST', '/api/knowledge/demos', { kind: 'image', url: `${company.site}picture-${picture}.svg`, ...demo });
  },
  prices: async (company, { prices }) => {
    for (const { page, ...price } of prices) await company.staff('POST', '/api/prices', { ...price, url: `${company.site}${page}` });
  },
  replies: async (company, { replies }) => {
    for (const [title, text] of Object.entries(replies)) await company.staff('POST', '/api/inbox/canned', { title, text });
  },
  views: async (company, { views }) => {
    for (const { owner = [], ...view } of views)
      await company.staff('POST', '/api/leads/views', { ...view, owner: owner.map((rep) => company.reps[rep] ?? rep) });
  },
  colleagues: async (company, { colleagues }) => {
    for (const email of colleagues) await company.staff('POST', '/api/team/invitations', { email, role: 'rep' });
  },
  webhook: (company, { webhook }) =>
    company.staff('POST', '/api/webhooks', { url: `${company.origin}/webhooks/${company.slug}`, ...webhook }),
};

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until what was added to the knowledge can be found, but not for long. */
async function settle(company) {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { answers } = await company.staff('GET', '/api/knowledge/answers?limit=100');
    const { demos } = await company.staff('GET', '/api/knowledge/demos?limit=100');
    if ([...answers, ...demos].every(({ status }) => status !== 'queued')) return;
    await pause(200);
  }
}

/** Reads the ids of reps and agents, which the visits name by their keys. */
async function readIds(company, { reps, agents }) {
  const found = await company.staff('GET', '/api/reps');
  company.reps = Object.fromEntries(
    reps.map(({ key, email = company.account }) => [key, (found.reps ?? found).find((rep) => rep.email === email)?.id]),
  );
  const { items } = await company.staff('GET', '/api/agents');
  company.agents = Object.fromEntries(agents.map(({ name }) => [name, items.find((agent) => agent.name === name)?.id]));
}

export async function setUp(company, desk, memory, complain) {
  let changed = false;
  for (const [name, add] of Object.entries(parts)) {
    if (name === 'views') await readIds(company, desk);
    if (memory.has(name)) continue;
    changed = true;
    try {
      await add(company, desk);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complain(`${name}: ${error.message}`);
    }
    await memory.add(name);
  }
  if (changed) await settle(company);
}

/** Meetings that were agreed on the telephone, one that was cancelled, and a run of the test questions. */
export async function finish(company, { meetings }, memory, complain) {
  if (memory.has('finish')) return;
  const { slots } = await company.staff('GET', `/api/meetings/slots?timeZone=${company.timeZone}`);
  for (const { key, slot, cancelled, ...meeting } of meetings) {
    try {
      const { id } = await company.staff('POST', '/api/meetings', {
        slotStart: slots[slot % slots.length].start,
        timeZone: company.timeZone,
        idempotencyKey: `demo-${key}`,
        ...meeting,
      });
      if (cancelled) await company.staff('POST', `/api/meetings/${id}/cancel`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complain(`meeting ${key}: ${error.message}`);
    }
  }
  await company.staff('POST', '/api/evaluation/runs', {});
  await memory.add('finish');
}
