import { defineConfig } from 'vitest/config';

// The playground (dev.html) and the tests. What ships is built by build.mjs.
export default defineConfig({
  server: { open: '/dev.html' },
  test: { include: ['test/**/*.test.ts'] },
});
