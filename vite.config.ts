import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const GATEWAY = 'http://127.0.0.1:9080';

export default defineConfig({
  root: 'gateway/web',
  plugins: [react()],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    // Nothing inlined as data: URLs, so that a content security policy of 'self' holds for scripts, workers and styles.
    assetsInlineLimit: 0,
    // MapLibre alone is 1.1 MB; it is a chunk of its own, which browsers keep while the page changes.
    chunkSizeWarningLimit: 1_300,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'maplibre', test: /node_modules[\\/]maplibre-gl/ }] },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': GATEWAY, '/tiles': GATEWAY } },
});
