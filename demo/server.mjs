// Serves the demo customers' web sites on a separate origin, so that the widget is embedded across origins, as on a real customer's site.
// Each page is a fragment that is inserted into its site's layout. The tag is added once the tenant exists (its site key is in demo.json).
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

const port = Number(process.env.WIDGET_DEMO_PORT ?? 5081);
const api = process.env.WIDGET_API_URL ?? 'http://localhost:5080';
const keysFile = process.env.WIDGET_DEMO_KEYS ?? '.local/demo.json';
const root = import.meta.dirname;

const sites = {
  harbor: {
    name: 'Harbor Bikes',
    tagline: 'Electric bikes for people who live by the water',
    color: '#0b6e6e',
    nav: [
      'index', 'tide-step', 'tide-cargo', 'battery', 'prices', 'leasing',
      'warranty', 'shipping', 'returns', 'test-ride', 'service', 'about',
    ],
  },
  lumen: {
    name: 'Lumen Desk',
    tagline: 'The help desk that answers before it is asked',
    color: '#5b3fd6',
    nav: ['index', 'plans', 'sso', 'security', 'api', 'integrations', 'sla', 'migration', 'ai-replies'],
  },
};

const path = (site, item) => `/${site}/${item === 'index' ? '' : `${item}.html`}`;

async function title(site, page) {
  const fragment = await readFile(join(root, site, `${page}.html`), 'utf8');
  return /<h1>(.*?)<\/h1>/.exec(fragment)?.[1] ?? page;
}

async function scriptTag(site) {
  try {
    const { siteKey } = JSON.parse(await readFile(keysFile, 'utf8'))[site];
    return `<script async src="${api}/widget.js" data-site-key="${siteKey}" data-color="${sites[site].color}"></script>`;
  } catch {
    return '<!-- The widget appears here once the demo company has been created. -->';
  }
}

async function page(site, name) {
  const { name: company, tagline, color, nav } = sites[site];
  const link = async (item) => `<a href="${path(site, item)}">${item === 'index' ? 'Home' : await title(site, item)}</a>`;
  const links = await Promise.all(nav.map(link));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${await title(site, name)} – ${company}</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --brand: ${color} }
/* The brand colour is meant for a light page. On a dark page it is lightened to be readable. */
@media (prefers-color-scheme: dark) { :root { --brand: color-mix(in srgb, ${color} 45%, white) } }
body { margin: 0; font: 17px/1.6 Georgia, serif; display: flex; flex-direction: column; min-height: 100vh }
a { color: color-mix(in srgb, var(--brand) 80%, CanvasText) }
header, footer { padding: 1.2rem max(1.2rem, calc(50vw - 26rem)); background: color-mix(in srgb, var(--brand) 10%, Canvas) }
header strong { font-size: 1.5rem; color: var(--brand) }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin-top: .6rem; font: 15px system-ui }
nav a { color: inherit }
main { flex: 1; padding: 1.5rem max(1.2rem, calc(50vw - 26rem)) 6rem }
table { border-collapse: collapse }
td, th { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, Canvas) }
footer { font: 14px system-ui }
</style>
</head>
<body>
<header><strong>${company}</strong><div>${tagline}</div><nav>${links.join('')}</nav></header>
<main>
${await readFile(join(root, site, `${name}.html`), 'utf8')}
</main>
<footer>© ${company}. A fictional company for trying the widget.</footer>
${await scriptTag(site)}
</body>
</html>`;
}

async function respond(pathname, origin) {
  if (pathname === '/') {
    const list = Object.entries(sites).map(([slug, { name, tagline }]) => `<li><a href="/${slug}/">${name}</a>: ${tagline}</li>`);
    return ['text/html', `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Two demo customers</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark }
body { margin: 0; padding: 1.5rem max(1.2rem, calc(50vw - 26rem)); font: 17px/1.6 system-ui }
</style>
</head>
<body>
<h1>Two demo customers</h1>
<p>Fictional companies for trying the widget. Each has its own site, with the widget on every page.</p>
<ul>${list.join('')}</ul>
</body>
</html>`];
  }
  const [, site, file = ''] = pathname.split('/');
  if (!Object.hasOwn(sites, site)) return undefined;
  if (file === 'sitemap.xml') {
    const urls = sites[site].nav.map((item) => `<url><loc>${origin}${path(site, item)}</loc></url>`).join('');
    const xml = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`;
    return ['application/xml', xml];
  }
  const name = file === '' ? 'index' : basename(file, '.html');
  const known = (await readdir(join(root, site))).includes(`${name}.html`);
  return known ? ['text/html', await page(site, name)] : undefined;
}

createServer(async (request, response) => {
  try {
    const found = await respond(new URL(request.url, 'http://demo').pathname, `http://${request.headers.host}`);
    response.writeHead(found ? 200 : 404, { 'content-type': `${found?.[0] ?? 'text/plain'}; charset=utf-8`, 'cache-control': 'no-store' });
    response.end(found?.[1] ?? 'Page not found.');
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}).listen(port, '127.0.0.1', () => console.log(`Demo sites: http://localhost:${port}`));
