import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['MUSTER_URL'] ?? 'http://127.0.0.1:8080';

/** `npm run build` makes web/dist, which the server serves; `npm run dev:web` shows changes at once, before a server. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The policy of the server allows no scripts and no fonts that are written into the page.
    assetsInlineLimit: 0,
    // The charts and the editor are parts of their own, loaded with the pages that use them.
    chunkSizeWarningLimit: 1200,
  },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': server } },
});
