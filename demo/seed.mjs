// Creates the two demo tenants, with different knowledge: one from a site map, one from a site's links and from uploads.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const { WIDGET_API_URL: api, WIDGET_DEMO_URL: demo, WIDGET_DEMO_KEYS: keysFile, WIDGET_APP: app } = process.env;
const run = promisify(execFile);

const tenants = [
  {
    slug: 'harbor',
    name: 'Harbor Bikes',
    sites: ['/harbor/sitemap.xml'],
    uploads: [],
    questions: [
      {
        name: 'price',
        text: 'How much is the Tide Step?',
        sources: [`${demo}/harbor/prices.html`],
        facts: ['2,890 euros'],
        tags: ['prices'],
      },
      {
        name: 'delivery',
        text: 'What does delivery to Denmark cost?',
        sources: [`${demo}/harbor/shipping.html`],
        facts: ['89 euros'],
        tags: ['prices'],
      },
      {
        name: 'charging',
        text: 'How long does it take to charge the battery?',
        sources: [`${demo}/harbor/battery.html`],
        facts: ['four and a half hours'],
      },
      { name: 'poem', text: 'Write me a poem about the sea', shouldRefuse: true },
    ],
    settings: {
      agentName: 'Jette',
      contactUrl: 'mailto:service@harbor.example',
      theme: { color: '#0b6e6e' },
      // The replica of the simulated Tavus. With your own account, use one from GET /api/tavus/replicas.
      useTavusVideo: true,
      // A pause ends the visitor's turn, because the simulated voice doesn't detect sentences.
      voice: { enabled: true, turns: 'pause' },
      tavusReplicaId: process.env.WIDGET_DEMO_REPLICA ?? 'r4dcf31b60e1',
      suggestedQuestions: ['What is the range of the Tide Step?', 'What does delivery cost?', 'Is the battery under warranty?'],
    },
  },
  {
    slug: 'lumen',
    name: 'Lumen Desk',
    sites: ['/lumen/'],
    uploads: await readdir(join(import.meta.dirname, 'documents')),
    questions: [
      { name: 'single sign-on', text: 'Which plan has single sign-on?', sources: [`${demo}/lumen/sso.html`], facts: ['Scale plan'] },
      { name: 'data', text: 'Where is our data stored?', sources: [`${demo}/lumen/security.html`], facts: ['Frankfurt'] },
      { name: 'flat tyre', text: 'How do I change a flat tyre?', shouldRefuse: true },
    ],
    settings: {
      agentName: 'Lu',
      contactUrl: 'mailto:hello@lumen.example',
      theme: { color: '#5b3fd6' },
      suggestedQuestions: ['Which plan has single sign-on?', 'Where is our data stored?', 'How do we move from Zendesk?'],
    },
  },
];

async function request(key, method, path, body, headers = {}) {
  const json = body && !(body instanceof FormData);
  const response = await fetch(api + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(json ? { 'content-type': 'application/json' } : {}), ...headers },
    body: json ? JSON.stringify(body) : body,
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

async function waitForJob(key, jobId) {
  for (;;) {
    const job = await request(key, 'GET', `/api/knowledge/jobs/${jobId}`);
    if (job.status === 'ready' || job.status === 'failed') return job;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// Adds the demo sites, at their current address, to the tenant's knowledge.
async function addKnowledge(tenant, key) {
  const jobs = tenant.sites.map((site) => request(key, 'POST', '/api/knowledge/sites', { url: demo + site }));
  for (const name of tenant.uploads) {
    const form = new FormData();
    form.append('file', new Blob([await readFile(join(import.meta.dirname, 'documents', name))]), name);
    jobs.push(request(key, 'POST', '/api/knowledge/uploads', form));
  }
  await request(key, 'POST', '/api/evaluation/questions/import', tenant.questions);
  let documents = 0;
  for (const job of await Promise.all(jobs)) {
    const { done, failed, error } = await waitForJob(key, job.jobId);
    documents += done;
    for (const document of failed) console.error(`${tenant.name}: ${document.id}: ${document.error}`);
    if (error && failed.length === 0) console.error(`${tenant.name}: ${error}`);
  }
  console.log(`${tenant.name}: ${documents} documents are ready.`);
}

// The port of the sites has changed: removes the pages at the old address, and allows the widget at the new one.
async function changeOrigin(tenant, key, previousOrigin) {
  const { origins } = await request(key, 'GET', '/api/settings/origins');
  const otherOrigins = origins.filter((origin) => origin !== previousOrigin);
  await request(key, 'PUT', '/api/settings/origins', { origins: [...new Set([...otherOrigins, demo])] });
  const { sources } = await request(key, 'GET', '/api/knowledge/sources?kind=site&limit=100');
  const old = sources.filter((source) => tenant.sites.some((site) => source.url === previousOrigin + site));
  await Promise.all(old.map((source) => request(key, 'DELETE', `/api/knowledge/sources/${source.id}`)));
}

const keys = existsSync(keysFile) ? JSON.parse(await readFile(keysFile, 'utf8')) : {};
async function saveKeys(slug, tenantKeys) {
  keys[slug] = tenantKeys;
  await writeFile(keysFile, JSON.stringify(keys, null, 2), { mode: 0o600 });
}

for (const tenant of tenants) {
  let tenantKeys = keys[tenant.slug];
  if (tenantKeys?.demo === demo) continue;
  if (tenantKeys) {
    await changeOrigin(tenant, tenantKeys.apiKey, tenantKeys.demo);
  } else {
    const created = await run('dotnet', [
      join(app, 'api', 'Widget.Api.dll'), 'tenants', 'create', '--slug', tenant.slug, '--name', tenant.name, '--origin', demo, '--json',
    ]);
    tenantKeys = JSON.parse(created.stdout);
    await request(tenantKeys.apiKey, 'PUT', '/api/settings', tenant.settings);
    await saveKeys(tenant.slug, tenantKeys);
  }
  await addKnowledge(tenant, tenantKeys.apiKey);
  await saveKeys(tenant.slug, { ...tenantKeys, demo });
}
