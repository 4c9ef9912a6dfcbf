// What the history has already done, in demo.json, so that the next ./run adds nothing. ./run --reset deletes it with the data.
import { readFile, rename, writeFile } from 'node:fs/promises';

/** @param file The path of demo.json. @param slug The company. */
export async function openMemory(file, slug) {
  const done = new Set((await read(file)).history?.[slug] ?? []);
  return {
    has: (name) => done.has(name),
    add: (name) => {
      done.add(name);
      return save(file, (keys) => ({ ...keys, history: { ...keys.history, [slug]: [...done] } }));
    },
  };
}

const read = async (file) => JSON.parse(await readFile(file, 'utf8'));

// One change after the other. The file is replaced as a whole, because the demo sites' server reads it at any time.
let last = Promise.resolve();
function save(file, change) {
  const next = last.then(async () => {
    await writeFile(`${file}.new`, JSON.stringify(change(await read(file)), null, 2), { mode: 0o600 });
    await rename(`${file}.new`, file);
  });
  last = next.catch(() => {});
  return next;
}
