// Builds what the API serves: widget.js (the loader), the app's modules with hashed names, and the hosted page's style sheet.
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const out = 'dist';
await rm(out, { recursive: true, force: true });
const panel = /\/(preact|@preact)\/|\/src\/(app\/(?!transport\/(hub|http|sse)|locales\/(de|es|ar))|color|contract)/;

const app = await build({
  configFile: false,
  logLevel: 'warn',
  // The modules lie beside one another, wherever that is; nothing is preloaded through the page's own document.
  base: './',
  build: {
    outDir: out,
    target: 'es2022',
    modulePreload: false,
    rollupOptions: {
      input: { app: 'src/main.tsx', mistakes: 'src/loader/mistakes.ts' },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        // What the panel is made of stays in one piece, whichever module shares which part of it: one file compresses better than six.
        codeSplitting: { groups: [{ name: 'panel', test: panel }] },
      },
    },
  },
});
const entry = (name) =>
  app.output.find((chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === name).fileName;

await build({
  configFile: false,
  logLevel: 'warn',
  define: { APP_MODULE: JSON.stringify(entry('app')), MISTAKES_MODULE: JSON.stringify(entry('mistakes')) },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    // Browsers since 2024 know color-scheme whole; written for older ones it would take a twentieth of the loader.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    lib: { entry: 'src/loader/loader.ts', formats: ['iife'], name: 'WidgetLoader', fileName: () => 'widget.js' },
  },
});
await copyFile('src/page.css', `${out}/page.css`);

// Compressed once, as well as can be, instead of for every visitor.
for (const file of await readdir(out)) {
  const content = await readFile(`${out}/${file}`);
  await writeFile(`${out}/${file}.gz`, gzipSync(content, { level: 9 }));
  await writeFile(
    `${out}/${file}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  );
}
