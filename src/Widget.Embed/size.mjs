// Checks the built widget against its budgets, in bytes after gzip at level 9:
// - "loader" is widget.js; "open" is everything that opening the text panel loads.
// - "video" and "voice" are what such a call loads in addition. Code that they share counts for both. Daily's client is not included.
// - "meet" is the page of a call, which loads nothing of the widget. "livekit" is what a call of more than four people loads in addition,
//   nearly all of it LiveKit's client.
// - "speech" is what reading aloud loads in addition, with the larger of its two voices, and "dictation" what dictation loads.
import { readdir, readFile, stat } from 'node:fs/promises';

const budgets = {
  loader: 3 * 1024,
  open: 45.25 * 1024,
  video: 20 * 1024,
  voice: 15 * 1024,
  speech: 8 * 1024,
  dictation: 6 * 1024,
  meet: 40 * 1024,
  livekit: 144 * 1024,
};
const sizes = new Map();
for (const file of await readdir('dist'))
  if (file.endsWith('.gz')) sizes.set(file.slice(0, -3), (await stat(`dist/${file}`)).size);

const meet = [];
let livekit = 0;
for (const file of await readdir('dist/meet')) {
  if (!file.endsWith('.gz')) continue;
  const { size } = await stat(`dist/meet/${file}`);
  if (file.startsWith('liveKitLinks-')) livekit += size;
  else meet.push(size);
}
if (livekit === 0) throw new Error('Expected the module liveKitLinks.');
const sum = (files) => files.reduce((total, file) => total + sizes.get(file), 0);
const largest = (files) => Math.max(...files.map((file) => sizes.get(file)));
const scripts = [...sizes.keys()].filter((file) => file.endsWith('.js') && !['widget.js', 'meet.js'].includes(file));
const imports = new Map();
for (const file of scripts)
  imports.set(
    file,
    [...(await readFile(`dist/${file}`, 'utf8')).matchAll(/\b(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)].map(
      ([, name]) => name,
    ),
  );
// A module and its static imports.
const whole = (file, seen = new Set()) => {
  if (!seen.has(file)) for (const other of imports.get(seen.add(file) && file)) whole(other, seen);
  return seen;
};
const named = (name) => {
  const found = scripts.filter((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file));
  if (found.length !== 1) throw new Error(`Expected one module ${name}, found ${found.length}.`);
  return found[0];
};
// English is part of the modules. At most one other language is loaded; the largest counts.
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
  video: sum(beyond('video')) + largest(languages('video-')),
  voice: sum(beyond('voice')) + largest(languages('voice-')),
  speech: sum(beyond('speech')) + Math.max(...voices) + largest(languages('speech-')),
  dictation: sum(beyond('dictation')) + largest(languages('dictation-')),
  // Its texts in one language are in two files.
  meet: sum(['meet.js', 'meet.css']) + 2 * Math.max(...meet),
  livekit,
};
for (const [file, size] of sizes) console.log(`${String(size).padStart(7)}  ${file}`);
for (const [name, total] of Object.entries(totals))
  console.log(`${String(total).padStart(7)}  ${name}, of ${budgets[name]}`);
console.log(`${String(sum(daily)).padStart(7)}  Daily's client, for video calls`);
if (Object.entries(totals).some(([name, total]) => total > budgets[name])) {
  console.error('The widget is larger than its budget.');
  process.exit(1);
}
