/** Where the page is, as the URL hash says: `#/outages`, `#/outages/3f0c...`. */
export interface Route {
  readonly view: string;
  /** What is selected in the view. */
  readonly selected: string | null;
}

export function parseRoute(hash: string): Route {
  const [, view = '', selected = ''] = hash.replace(/^#/, '').split('/');
  return { view: decode(view) || 'outages', selected: decode(selected) || null };
}

export function formatRoute({ view, selected }: Route): string {
  return `#/${encodeURIComponent(view)}${selected === null ? '' : `/${encodeURIComponent(selected)}`}`;
}

/** A hash can be typed by hand; what is not valid percent-encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
