// Builds what the API serves: widget.js (the loader), the app's modules with hashed names, and what the hosted page needs.
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const out = 'dist';
await rm(out, { recursive: true, force: true });
// The modules that opening the panel needs.
const panel = /\/(preact|@preact)\/|\/src\/(app\/(?!transport\/(hub|http|sse)|locales\/(de|es|ar))|color|contract)/;

const app = await build({
  configFile: false,
  logLevel: 'warn',
  // Relative URLs: the modules are served from any origin. Preloading would add elements to the customer's page.
  base: './',
  // In place of Vite's helper for imports, which preloads style sheets (there are none) with the page's `Promise` (which may be broken).
  plugins: [
    {
      name: 'plain-imports',
      enforce: 'pre',
      load: (id) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : undefined),
    },
  ],
  // One default export for each language: a named export for each text would be larger.
  json: { namedExports: false },
  build: {
    outDir: out,
    target: 'es2022',
    modulePreload: false,
    rollupOptions: {
      input: { app: 'src/main.tsx', aside: 'src/loader/aside.ts' },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        // One file for the panel, even where modules share parts of it: one file compresses better than six.
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
  define: { APP_MODULE: JSON.stringify(entry('app')), ASIDE_MODULE: JSON.stringify(entry('aside')) },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    // Browsers since 2024 support color-scheme fully. The fallback for older ones would be a twentieth of the loader.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    lib: { entry: 'src/loader/loader.ts', formats: ['iife'], name: 'WidgetLoader', fileName: () => 'widget.js' },
  },
});
await build({
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: 'src/page.ts', formats: ['es'], fileName: () => 'page.js' },
  },
});
await build({
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: 'src/preview.ts', formats: ['iife'], name: 'WidgetPreview', fileName: () => 'preview.js' },
  },
});
// The page of a call is an app of its own. It shares no files with the widget, so that neither grows with the other.
await build({
  configFile: false,
  logLevel: 'warn',
  base: './',
  json: { namedExports: false },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    // LiveKit's client is one large file, which only calls of more than four people load.
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: { meet: 'src/meet/main.tsx' },
      output: { entryFileNames: '[name].js', chunkFileNames: 'meet/[name]-[hash].js' },
    },
  },
});
const styles = await Promise.all(['meet', 'grid'].map((name) => readFile(`src/meet/${name}.css`, 'utf8')));
await writeFile(`${out}/meet.css`, styles.join('\n'));
await copyFile('src/page.css', `${out}/page.css`);
await copyFile('src/preview.png', `${out}/preview.png`);

// Compresses once, at the highest level, instead of for every visitor.
for (const file of await readdir(out, { recursive: true })) {
  if (!/\.(js|css)$/.test(file)) continue;
  const content = await readFile(`${out}/${file}`);
  await writeFile(`${out}/${file}.gz`, gzipSync(content, { level: 9 }));
  await writeFile(
    `${out}/${file}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  );
}
