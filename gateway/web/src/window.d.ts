interface Window {
  /** Set when the map has first drawn all it has: tests wait for it. */
  __omsMapReady?: boolean;
}

declare module 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url' {
  const url: string;
  export default url;
}
