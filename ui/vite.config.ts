import { defineConfig } from 'vitest/config';

// GLINT_URL: where `npm run dev` finds a running glint. The build does not read it.
const server = process.env['GLINT_URL'] ?? 'http://127.0.0.1:9090';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': server } },
  build: {
    target: 'es2021',
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      // Mantine marks each file "use client", which means nothing here and would be a line each.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
