import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { PALETTES } from './gateway/web/src/theme/palette.js';
import { paletteStylesheet } from './gateway/web/src/theme/stylesheet.js';

const GATEWAY = 'http://127.0.0.1:9080';

/** The palette as a style sheet that the page can import: made at the build, so that the first thing painted has its colours. */
const palette: Plugin = {
  name: 'oms-palette',
  resolveId: (id) => (id === 'virtual:palette.css' ? id : null),
  load: (id) => (id === 'virtual:palette.css' ? paletteStylesheet() : null),
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { name: 'theme-color', content: PALETTES.dark.surface.ground }, injectTo: 'head' },
  ],
};

export default defineConfig({
  root: 'gateway/web',
  plugins: [react(), palette],
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
