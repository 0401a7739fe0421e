import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// GLINT_URL: where `npm run dev` finds a running glint. The build does not read it.
const server = process.env['GLINT_URL'] ?? 'http://127.0.0.1:9090';

export default defineConfig({
  plugins: [react()],
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': server } },
  build: { target: 'es2021', chunkSizeWarningLimit: 900 },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
