import { setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';

// MapLibre looks for its worker beside its own module, where no bundler puts it. Vite emits it as a module of our own
// origin, so `worker-src 'self'` is enough.
setWorkerUrl(workerUrl);
