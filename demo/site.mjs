// The layout of a company's pages. A page is a fragment, /harbor/prices.html for instance: an h1 with an introduction, then sections that
// begin with an h2. Everything around it is in <header>, <aside> and <footer>, so that a crawler reads only the fragment.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { harbor } from './harbor/site.mjs';
import { lumen } from './lumen/site.mjs';

export const sites = { harbor, lumen };
const root = import.meta.dirname;

export const path = (site, item) => `/${site}/${item === 'index' ? '' : `${item}.html`}`;
export const pages = ({ groups, more }) => ['index', ...groups.flatMap(({ items }) => items), ...more];

const fragment = (site, page) => readFile(join(root, site, `${page}.html`), 'utf8');
const titleOf = (html, page) => /<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? page;
const title = async (site, page) => titleOf(await fragment(site, page), page);

const chevron =
  '<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M2 4l4 4 4-4" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>';

async function link(site, item, current) {
  return `<a href="${path(site, item)}"${item === current ? ' aria-current="page"' : ''}>${await title(site, item)}</a>`;
}

async function navigation(site, current) {
  const { groups, more, action } = sites[site];
  const menus = await Promise.all(
    groups.map(async ({ label, items }) => {
      const links = await Promise.all(items.map(async (item) => `<li>${await link(site, item, current)}</li>`));
      return `<details name="menu"${items.includes(current) ? ' class="current"' : ''}><summary>${label} ${chevron}</summary><ul>${links.join('')}</ul></details>`;
    }),
  );
  const rest = await Promise.all(more.filter((item) => item !== action.page).map((item) => link(site, item, current)));
  return `<nav aria-label="Main">${menus.join('')}${rest.join('')}<a class="button" href="${path(site, action.page)}">${action.label}</a></nav>`;
}

/** A page's drawing as a file of its own, with the colours of the company's style sheet. @returns Undefined if there is none. */
export async function picture(site, page) {
  const { art } = sites[site];
  if (!Object.hasOwn(art, page)) return undefined;
  const css = await readFile(join(root, site, 'art.css'), 'utf8');
  return art[page].replace('<svg ', `<svg xmlns="http://www.w3.org/2000/svg" class="${site}" `).replace('>', `><style>${css}</style>`);
}

/** The introduction with its drawing, then a card for each section. */
function layOut(html, art) {
  const [intro, ...sections] = html.split(/(?=<h2)/);
  const lead = /^\s*<h1>.*?<\/h1>(\s*<p>(?:(?!<\/p>)[^])*<\/p>)*/.exec(intro)?.[0] ?? intro;
  const rest = intro.slice(lead.length).trim();
  const cards = sections.map((section) => `<section>${section.trim()}</section>`);
  return `<div class="lead"><div>${lead.trim()}</div>${art ?? ''}</div>
${rest ? `<div class="figures">${rest}</div>` : ''}
${cards.length > 0 ? `<div class="sections">${cards.join('\n')}</div>` : ''}`;
}

/** Questions that fit the page. A click asks them in the chat. */
function askPanel({ agent, askable }, site, page) {
  const buttons = (askable[page] ?? askable.index).map((question) => `<button type="button" data-ask="${question}">${question}</button>`);
  return `<aside class="ask" aria-label="Questions"><img src="/${site}/${agent.portrait}" alt="" width="88" height="88">
<div><p><strong>Ask ${agent.name}.</strong> ${agent.about}</p><div class="chips">${buttons.join('')}</div></div></aside>`;
}

async function footer(site) {
  const { name, groups, more, address, logo } = sites[site];
  const columns = await Promise.all(
    [...groups, { label: 'Company', items: more }].map(async ({ label, items }) => {
      const links = await Promise.all(items.map(async (item) => `<li>${await link(site, item)}</li>`));
      return `<div><strong>${label}</strong><ul>${links.join('')}</ul></div>`;
    }),
  );
  return `<footer><div class="columns"><div class="about">${logo}<strong>${name}</strong><p>${address}</p></div>${columns.join('')}</div>
<p class="small">© ${name}. A fictional company for trying <a class="start">the widget</a>.</p></footer>`;
}

// Closes an open menu when the visitor clicks elsewhere or presses Escape, and asks the questions.
const script = `
// The link gets its address here, so that a crawler stays on the company's pages.
document.querySelector('a.start').href = '/';
const menus = document.querySelectorAll('details[name=menu]');
const toggle = document.querySelector('.menu-toggle');
const close = (except) => menus.forEach((menu) => menu !== except && menu.removeAttribute('open'));
addEventListener('click', ({ target }) => close(target.closest('details')));
addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return;
  document.querySelector('details[name=menu][open] summary')?.focus();
  close();
});
toggle.addEventListener('click', () => {
  toggle.setAttribute('aria-expanded', document.body.classList.toggle('menu-open'));
});
for (const button of document.querySelectorAll('[data-ask]'))
  button.addEventListener('click', () => window.Widget?.ask(button.dataset.ask));
// The start page's links ask a question.
const question = new URLSearchParams(location.search).get('ask');
if (question) {
  history.replaceState(history.state, '', location.pathname);
  const ask = () => window.Widget?.ask(question);
  if (document.readyState === 'complete') ask();
  else addEventListener('load', ask, { once: true });
}`;

/** @param tag The widget's script tag; undefined while the company is being created. */
export async function companyPage(site, page, tag) {
  const { name: company, tagline, color, logo, art, index } = sites[site];
  const html = await fragment(site, page);
  const description = /<p>(.*?)<\/p>/.exec(html)?.[1].replaceAll(/<.*?>/g, '') ?? tagline;
  const home = page === 'index';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="${color}">
<title>${titleOf(html, page)} – ${company}</title>
<link rel="icon" type="image/svg+xml" href="/${site}/logo.svg">
<link rel="stylesheet" href="/site.css">
<link rel="stylesheet" href="/menu.css">
<link rel="stylesheet" href="/${site}/art.css">
<link rel="stylesheet" href="/${site}/style.css">
</head>
<body class="${site}${home ? ' home' : ''}">
<header>
<div class="bar"><a class="skip" href="#content">Skip to content</a>
<a class="logo" href="${path(site, 'index')}">${logo}<span>${company}</span></a>
<button type="button" class="menu-toggle" aria-expanded="false" aria-label="Menu"><span></span></button>
${await navigation(site, page)}</div>
${home ? index.hero : ''}
</header>
<main id="content">
${layOut(html, home ? '' : art[page])}
</main>
${home ? index.more : ''}
${tag ? askPanel(sites[site], site, page) : ''}
${await footer(site)}
<script type="module">${script}</script>
${tag ?? '<!-- The widget appears here once the demo company has been created. -->'}
</body>
</html>`;
}
