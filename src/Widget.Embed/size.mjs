// Holds the built widget against its budgets: gzip, level 9, of everything that opening the text panel fetches.
import { readdir, stat } from 'node:fs/promises';

const budgets = { loader: 3 * 1024, open: 45 * 1024 };
const sizes = new Map();
for (const file of await readdir('dist'))
  if (file.endsWith('.gz')) sizes.set(file.slice(0, -3), (await stat(`dist/${file}`)).size);

const loader = sizes.get('widget.js');
// English is in the app; of the other languages at most one is fetched, and the largest counts.
const locale = (file) => /^(de|es|ar)-/.test(file);
const modules = [...sizes].filter(([file]) => file.endsWith('.js') && file !== 'widget.js' && !locale(file));
const locales = [...sizes].filter(([file]) => locale(file)).map(([, size]) => size);
const open = loader + modules.reduce((sum, [, size]) => sum + size, 0) + Math.max(...locales);

for (const [file, size] of sizes) console.log(`${String(size).padStart(7)}  ${file}`);
console.log(`${String(loader).padStart(7)}  loader, of ${budgets.loader}`);
console.log(`${String(open).padStart(7)}  everything for the open text panel, of ${budgets.open}`);
if (loader > budgets.loader || open > budgets.open) {
  console.error('The widget has outgrown its budget.');
  process.exit(1);
}
