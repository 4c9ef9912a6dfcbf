// Holds the built widget against its budgets: gzip, level 9. "open" is everything that opening the text panel fetches; "video" and "voice" are
// what our own part of such a call adds to it, what they share counted for each; "speech" what reading aloud adds, with the larger of the two voices of which it fetches one, and
// "dictation" what that adds. Daily's client comes on top of that, as large as Daily makes
// it, and is fetched for a video call alone.
import { readdir, readFile, stat } from 'node:fs/promises';

const budgets = {
  loader: 3 * 1024,
  open: 45 * 1024,
  video: 20 * 1024,
  voice: 15 * 1024,
  speech: 8 * 1024,
  dictation: 6 * 1024,
};
const sizes = new Map();
for (const file of await readdir('dist'))
  if (file.endsWith('.gz')) sizes.set(file.slice(0, -3), (await stat(`dist/${file}`)).size);

const sum = (files) => files.reduce((total, file) => total + sizes.get(file), 0);
const largest = (files) => Math.max(...files.map((file) => sizes.get(file)));
const scripts = [...sizes.keys()].filter((file) => file.endsWith('.js') && file !== 'widget.js');
const imports = new Map();
for (const file of scripts)
  imports.set(
    file,
    [...(await readFile(`dist/${file}`, 'utf8')).matchAll(/\b(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)].map(
      ([, name]) => name,
    ),
  );
// A module and what it cannot be without.
const whole = (file, seen = new Set()) => {
  if (!seen.has(file)) for (const other of imports.get(seen.add(file) && file)) whole(other, seen);
  return seen;
};
const named = (name) => {
  const found = scripts.filter((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file));
  if (found.length !== 1) throw new Error(`There should be one module ${name}, and there are ${found.length}.`);
  return found[0];
};
// English is in the modules; of the other languages at most one is fetched, and the largest counts.
const languages = (prefix) => ['de', 'es', 'ar'].map((language) => named(`${prefix}${language}`));
const text = new Set([...whole(named('app')), ...whole(named('hub'))]);
const beyond = (name) => [...whole(named(name))].filter((file) => !text.has(file));
const daily = [named('daily')];
const voices = ['serverVoice', 'browserVoice'].map((name) =>
  sum(beyond(name).filter((file) => file !== named('speech'))),
);

const totals = {
  loader: sizes.get('widget.js'),
  open: sizes.get('widget.js') + sum([...text]) + largest(languages('')),
  video: sum(beyond('video')) + largest(languages('words-')),
  voice: sum(beyond('voice')) + largest(languages('talk-')),
  speech: sum(beyond('speech')) + Math.max(...voices) + largest(languages('read-')),
  dictation: sum(beyond('dictation')) + largest(languages('write-')),
};
for (const [file, size] of sizes) console.log(`${String(size).padStart(7)}  ${file}`);
for (const [name, total] of Object.entries(totals))
  console.log(`${String(total).padStart(7)}  ${name}, of ${budgets[name]}`);
console.log(`${String(sum(daily)).padStart(7)}  Daily's client, for video calls`);
if (Object.entries(totals).some(([name, total]) => total > budgets[name])) {
  console.error('The widget has outgrown its budget.');
  process.exit(1);
}
