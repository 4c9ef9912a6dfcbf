// Shows the guides in docs/ as pages. Knows only the Markdown that they use.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'docs');
const guides = [
  ['embedding.md', 'Put it on your site: the tag and its JavaScript API.'],
  ['knowledge.md', 'Add sites, documents and answers.'],
  ['voice.md', 'Set up voice calls.'],
  ['tavus.md', 'Set up video calls.'],
  ['configuration.md', 'Every setting and command.'],
  ['production.md', 'Deploy, upgrade, back up.'],
];

const titleOf = (text, name) => /^# (.+)$/m.exec(text)?.[1] ?? name;

/** The guides that the start page lists. */
export const docs = () =>
  Promise.all(guides.map(async ([name, about]) => ({ name, about, title: titleOf(await readFile(join(folder, name), 'utf8'), name) })));

/** @returns The page; undefined if there is no such guide. */
export async function docsPage(path) {
  if (!/^(decisions\/)?[\w-]+\.md$/.test(path)) return undefined;
  const text = await readFile(join(folder, path), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(titleOf(text, path))} – Widget</title>
<link rel="icon" type="image/svg+xml" href="/widget.svg">
<link rel="stylesheet" href="/start.css">
<link rel="stylesheet" href="/guide.css">
</head>
<body>
<header><a class="logo" href="/"><img src="/widget.svg" alt="" width="34" height="34"> Widget</a><nav aria-label="Main"><a href="/#next">All guides</a></nav></header>
<main class="guide">
${toHtml(text)}
</main>
</body>
</html>`;
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const slug = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

function inline(text) {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => {
      if (part.startsWith('`') && part.length > 1) return `<code>${escape(part.slice(1, -1))}</code>`;
      return escape(part)
        .replaceAll(/!\[([^\]]*)\]\(([^)]+)\)/g, '')
        .replaceAll(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
        .replaceAll(/(?<!\w)\*([^*]+)\*(?!\w)/g, '<em>$1</em>')
        .replaceAll(/&lt;(https?:[^&]+)&gt;/g, '<a href="$1">$1</a>');
    })
    .join('')
    .replaceAll(/\[((?:[^\]<]|<[^>]*>)+)\]\(([^)\s]+)\)/g, (_, words, address) =>
      /^(https?:|#|[\w./-]+\.md)/.test(address) && !address.startsWith('../') ? `<a href="${address}">${words}</a>` : words,
    );
}

const cells = (row) =>
  row
    .replace(/^\s*\|/, '')
    .replace(/\|\s*$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.trim().replaceAll('\\|', '|')));

function table(rows) {
  const [head, , ...body] = rows.map(cells);
  const titles = head.some((cell) => cell !== '') ? `<tr>${head.map((cell) => (cell === '' ? '<td></td>' : `<th>${cell}</th>`)).join('')}</tr>` : '';
  return `<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>${titles}${body.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table></div>`;
}

function toHtml(text) {
  const html = [];
  const lines = text.split('\n');
  const take = (matches) => {
    const taken = [];
    while (lines.length > 0 && matches(lines[0])) taken.push(lines.shift());
    return taken;
  };
  while (lines.length > 0) {
    const line = lines.shift();
    const heading = /^(#{1,4}) (.+)$/.exec(line);
    if (line.trim() === '') continue;
    if (heading) {
      html.push(`<h${heading[1].length} id="${slug(heading[2])}">${inline(heading[2])}</h${heading[1].length}>`);
    } else if (line.startsWith('```')) {
      html.push(`<pre tabindex="0"><code>${escape(take((next) => !next.startsWith('```')).join('\n'))}</code></pre>`);
      lines.shift();
    } else if (line.startsWith('|')) {
      html.push(table([line, ...take((next) => next.startsWith('|'))]));
    } else if (/^(- |\d+\. )/.test(line)) {
      const items = [line, ...take((next) => /^(- |\d+\. | {2,}\S)/.test(next))];
      const joined = items
        .join('\n')
        .split(/\n(?=- |\d+\. )/)
        .map((item) => `<li>${inline(item.replace(/^(- |\d+\. )/, '').replaceAll(/\s*\n\s*/g, ' '))}</li>`);
      const list = line.startsWith('- ') ? 'ul' : 'ol';
      html.push(`<${list}>${joined.join('')}</${list}>`);
    } else {
      const rest = take((next) => next.trim() !== '' && !/^(```|\||#|- )/.test(next));
      html.push(`<p>${inline([line, ...rest].join(' '))}</p>`);
    }
  }
  return html.join('\n');
}
