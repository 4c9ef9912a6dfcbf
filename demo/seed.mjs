// Creates the two demo tenants, with different knowledge: one from a site map, one from a site's links and from uploads. Both also have
// answers that were written for questions in other languages.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assistant as harbor } from './harbor/assistant.mjs';
import { assistant as lumen } from './lumen/assistant.mjs';

const { WIDGET_API_URL: api, WIDGET_DEMO_URL: demo, WIDGET_DEMO_KEYS: keysFile, WIDGET_APP: app } = process.env;
const run = promisify(execFile);

const tenants = [harbor(demo), lumen(demo)];

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
  await addAnswers(tenant, key);
  let documents = 0;
  for (const job of await Promise.all(jobs)) {
    const { done, failed, error } = await waitForJob(key, job.jobId);
    documents += done;
    for (const document of failed) console.error(`${tenant.name}: ${document.id}: ${document.error}`);
    if (error && failed.length === 0) console.error(`${tenant.name}: ${error}`);
  }
  console.log(`${tenant.name}: ${documents} documents are ready.`);
}

// Adds the answers that were written for the site, and waits until they are indexed.
async function addAnswers(tenant, key) {
  for (const { page, ...answer } of tenant.answers)
    await request(key, 'POST', '/api/knowledge/answers', { ...answer, url: `${demo}/${tenant.slug}/${page}` });
  for (;;) {
    const { answers } = await request(key, 'GET', '/api/knowledge/answers?limit=100');
    if (answers.every((answer) => answer.status !== 'queued')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// The demo sign-in: an owner of both companies, who is also the installation's operator.
async function addAccount() {
  const account = { email: 'demo@widget.example', password: randomBytes(12).toString('base64url') };
  const created = run('dotnet', [
    join(app, 'api', 'Widget.Api.dll'),
    'account',
    'create',
    '--email',
    account.email,
    '--name',
    'Demo',
    ...tenants.flatMap((tenant) => ['--tenant', tenant.slug]),
    '--operator',
    '--password-stdin',
  ]);
  created.child.stdin.end(account.password);
  await created;
  await saveKeys('account', account);
}

// Called when the port of the sites has changed. Removes the knowledge at the old address and allows the widget at the new one.
async function changeOrigin(tenant, key, previousOrigin) {
  const { origins } = await request(key, 'GET', '/api/settings/origins');
  const otherOrigins = origins.filter((origin) => origin !== previousOrigin);
  await request(key, 'PUT', '/api/settings/origins', { origins: [...new Set([...otherOrigins, demo])] });
  const settings = await request(key, 'GET', '/api/settings');
  const moved = (url) => url?.replace(previousOrigin, demo);
  const { logoUrl, portraitUrl } = settings.theme;
  await request(key, 'PUT', '/api/settings', {
    ...settings,
    theme: { ...settings.theme, logoUrl: moved(logoUrl), portraitUrl: moved(portraitUrl) },
  });
  const { sources } = await request(key, 'GET', '/api/knowledge/sources?kind=site&limit=100');
  const old = sources.filter((source) => tenant.sites.some((site) => source.url === previousOrigin + site));
  await Promise.all(old.map((source) => request(key, 'DELETE', `/api/knowledge/sources/${source.id}`)));
  const { answers } = await request(key, 'GET', '/api/knowledge/answers?limit=100');
  for (const { id, url } of answers)
    if (url?.startsWith(`${previousOrigin}/`)) await request(key, 'DELETE', `/api/knowledge/answers/${id}`);
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
      join(app, 'api', 'Widget.Api.dll'),
      'tenants',
      'create',
      '--slug',
      tenant.slug,
      '--name',
      tenant.name,
      '--origin',
      demo,
      '--json',
    ]);
    tenantKeys = JSON.parse(created.stdout);
    await request(tenantKeys.apiKey, 'PUT', '/api/settings', tenant.settings);
    await saveKeys(tenant.slug, tenantKeys);
  }
  await addKnowledge(tenant, tenantKeys.apiKey);
  await saveKeys(tenant.slug, { ...tenantKeys, demo });
}

if (!keys.account) await addAccount();
