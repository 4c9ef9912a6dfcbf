// Fills the console of the two demo companies: reps, leads, meetings, and what visitors have asked. All of it goes through the HTTP API, as
// it would with real visitors and staff, so its time is the time at which it is made. It is made once: the next ./run adds nothing.
// WIDGET_DEMO_HISTORY=no leaves it out.
import { readFile } from 'node:fs/promises';
import { Refused, staffOf } from './history/api.mjs';
import { finish, setUp } from './history/desk.mjs';
import * as harbor from './history/harbor.mjs';
import * as lumen from './history/lumen.mjs';
import { openMemory } from './history/memory.mjs';
import { play } from './history/visit.mjs';

const { WIDGET_API_URL: api, WIDGET_DEMO_URL: origin, WIDGET_DEMO_KEYS: keysFile } = process.env;
const visitsAtOnce = 4;

async function companyOf(slug, keys, { name, timeZone }) {
  const { siteKey, apiKey } = keys[slug];
  return {
    slug,
    name,
    timeZone,
    api,
    origin,
    siteKey,
    account: keys.account.email,
    site: `${origin}/${slug}/`,
    staff: staffOf(api, apiKey),
  };
}

async function tell({ desk, visits, slug }, keys) {
  const company = await companyOf(slug, keys, desk);
  const memory = await openMemory(keysFile, slug);
  const complain = (line) => console.log(`${desk.name}: ${line}`);
  await setUp(company, desk, memory, complain);
  const waiting = visits.filter(({ key }) => !memory.has(key));
  const worker = async () => {
    for (let visit = waiting.shift(); visit; visit = waiting.shift()) {
      try {
        await play(company, visit, complain);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        complain(`${visit.key}: ${error.message}`);
      }
      await memory.add(visit.key);
    }
  };
  await Promise.all(Array.from({ length: visitsAtOnce / 2 }, worker));
  await finish(company, desk, memory, complain);
}

try {
  const keys = JSON.parse(await readFile(keysFile, 'utf8'));
  await Promise.all([tell({ slug: 'harbor', ...harbor }, keys), tell({ slug: 'lumen', ...lumen }, keys)]);
} catch (error) {
  // What is missing is made at the next ./run.
  console.log(`The demo companies' history is not complete: ${error.cause?.message ?? error.message}`);
}
