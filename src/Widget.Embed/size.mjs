// Holds the built widget against its budgets: gzip, level 9. "open" is everything that opening the text panel fetches; "video" is what our
// own part of a call adds to it, "speech" what reading aloud does, "dictation" what that does. Daily's client comes on top of that, as large as Daily makes it, and is fetched for a call alone.
import { readdir, stat } from 'node:fs/promises';

const budgets = { loader: 3 * 1024, open: 45 * 1024, video: 20 * 1024, speech: 8 * 1024, dictation: 6 * 1024 };
const sizes = new Map();
for (const file of await readdir('dist'))
  if (file.endsWith('.gz')) sizes.set(file.slice(0, -3), (await stat(`dist/${file}`)).size);

const sum = (files) => files.reduce((total, file) => total + sizes.get(file), 0);
const largest = (files) => Math.max(...files.map((file) => sizes.get(file)));
const scripts = [...sizes.keys()].filter((file) => file.endsWith('.js') && file !== 'widget.js');
// English is in the modules; of the other languages at most one is fetched, and the largest counts.
const locales = scripts.filter((file) => /^(de|es|ar)-/.test(file));
const videoLocales = scripts.filter((file) => /^words-(de|es|ar)-/.test(file));
const video = scripts.filter((file) => file.startsWith('video-'));
const ofModule = (name, prefix) => {
  const own = scripts.filter((file) => file.startsWith(`${name}-`));
  const languages = scripts.filter((file) => new RegExp(`^${prefix}-(de|es|ar)-`).test(file));
  if (own.length !== 1 || languages.length !== 3)
    throw new Error(`The module ${name} is not cut as it was meant to be.`);
  return { all: [...own, ...languages], total: () => sum(own) + largest(languages) };
};
const [speech, dictation] = [ofModule('speech', 'read'), ofModule('dictation', 'write')];
// Of the two voices one is fetched; the other only when that one fails.
const voices = scripts.filter((file) => /^(server|browser)Voice-/.test(file));
const daily = scripts.filter((file) => file.startsWith('daily-'));
const app = scripts.filter(
  (file) =>
    ![...locales, ...videoLocales, ...video, ...speech.all, ...dictation.all, ...voices, ...daily].includes(file),
);
if (video.length !== 1 || daily.length !== 1 || locales.length !== 3 || videoLocales.length !== 3)
  throw new Error('The modules are not cut as they were meant to be.');

const totals = {
  loader: sizes.get('widget.js'),
  open: sizes.get('widget.js') + sum(app) + largest(locales),
  video: sum(video) + largest(videoLocales),
  speech: speech.total() + largest(voices),
  dictation: dictation.total(),
};
for (const [file, size] of sizes) console.log(`${String(size).padStart(7)}  ${file}`);
for (const [name, total] of Object.entries(totals))
  console.log(`${String(total).padStart(7)}  ${name}, of ${budgets[name]}`);
console.log(`${String(sum(daily)).padStart(7)}  Daily's client, for calls`);
if (Object.entries(totals).some(([name, total]) => total > budgets[name])) {
  console.error('The widget has outgrown its budget.');
  process.exit(1);
}
