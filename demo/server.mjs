// Serves the start page and the demo companies' web sites, on a separate origin, so that the widget is embedded across origins, as on a real
// customer's site. The widget's tag is added once a company exists (its site key is in demo.json).
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { docsPage } from './docs.mjs';
import { companyPage, pages, path, picture, sites } from './site.mjs';
import { startPage } from './start.mjs';

const port = Number(process.env.WIDGET_DEMO_PORT ?? 5081);
const api = process.env.WIDGET_API_URL ?? 'http://localhost:5080';
const keysFile = process.env.WIDGET_DEMO_KEYS ?? '.local/demo.json';
const root = import.meta.dirname;
const assets = { '.css': 'text/css', '.svg': 'image/svg+xml' };

async function scriptTag(site) {
  try {
    const { siteKey } = JSON.parse(await readFile(keysFile, 'utf8'))[site];
    return `<script async src="${api}/widget.js" data-site-key="${siteKey}" data-color="${sites[site].color}"></script>`;
  } catch {
    return undefined;
  }
}

async function exists(folder, file) {
  return (await readdir(join(root, folder))).includes(file);
}

async function respond(pathname, origin) {
  if (pathname === '/') return ['text/html', await startPage(api, process.env)];
  // Crawlers of the companies' sites must not read the start page and the guides.
  if (pathname === '/robots.txt') return ['text/plain', 'User-agent: *\nDisallow: /$\nDisallow: /docs/\n'];
  if (pathname.startsWith('/docs/')) {
    const guide = await docsPage(pathname.slice('/docs/'.length));
    return guide && ['text/html', guide];
  }
  const parts = pathname.split('/').slice(1);
  const [site, file = ''] = parts.length === 1 ? ['', parts[0]] : parts;
  if (parts.length > 2 || (site !== '' && !Object.hasOwn(sites, site))) return undefined;
  const type = assets[extname(file)];
  if (type && (await exists(site, file))) return [type, await readFile(join(root, site, file))];
  const drawing = /^picture-([\w-]+)\.svg$/.exec(file)?.[1];
  if (site !== '' && drawing) return picture(site, drawing).then((svg) => svg && [assets['.svg'], svg]);
  if (type || site === '') return undefined;
  if (file === 'sitemap.xml') {
    const urls = pages(sites[site])
      .map((item) => `<url><loc>${origin}${path(site, item)}</loc></url>`)
      .join('');
    const xml = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`;
    return ['application/xml', xml];
  }
  const name = file === '' ? 'index' : basename(file, '.html');
  return (await exists(site, `${name}.html`)) ? ['text/html', await companyPage(site, name, await scriptTag(site))] : undefined;
}

createServer(async (request, response) => {
  // The companies' webhooks (history/) are sent here, and only confirmed.
  if (request.method === 'POST' && request.url.startsWith('/webhooks/')) {
    request.resume();
    response.writeHead(204).end();
    return;
  }
  try {
    const found = await respond(new URL(request.url, 'http://demo').pathname, `http://${request.headers.host}`);
    response.writeHead(found ? 200 : 404, { 'content-type': `${found?.[0] ?? 'text/plain'}; charset=utf-8`, 'cache-control': 'no-store' });
    response.end(found?.[1] ?? 'Page not found.');
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}).listen(port, '127.0.0.1', () => console.log(`Start page: http://localhost:${port}`));
