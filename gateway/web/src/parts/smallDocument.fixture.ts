import { act, type ReactNode } from 'react';

/** As much of a document as React needs to draw into: elements, texts, attributes. Nothing has a size, nothing is clicked. */
class SmallNode {
  readonly namespaceURI = 'http://www.w3.org/1999/xhtml';
  readonly attributes = new Map<string, string>();
  readonly style = {};
  readonly tagName: string;
  readonly scrollTop = 0;
  readonly clientHeight = 0;
  childNodes: SmallNode[] = [];
  parentNode: SmallNode | null = null;
  nodeValue = '';

  constructor(
    readonly nodeType: number,
    readonly nodeName: string,
    readonly ownerDocument: SmallDocument | null,
  ) {
    this.tagName = nodeName;
  }

  get firstChild(): SmallNode | null {
    return this.childNodes[0] ?? null;
  }

  get lastChild(): SmallNode | null {
    return this.childNodes.at(-1) ?? null;
  }

  get nextSibling(): SmallNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  /** What a `select` offers. */
  get options(): readonly SmallNode[] {
    return this.childNodes;
  }

  get textContent(): string {
    return this.nodeType === 3 ? this.nodeValue : this.childNodes.map((node) => node.textContent).join('');
  }

  set textContent(text: string) {
    this.childNodes = [];
    if (text !== '') this.appendChild(this.ownerDocument!.createTextNode(text));
  }

  appendChild(node: SmallNode): SmallNode {
    return this.insertBefore(node, null);
  }

  insertBefore(node: SmallNode, before: SmallNode | null): SmallNode {
    node.parentNode?.removeChild(node);
    this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, node);
    node.parentNode = this;
    return node;
  }

  removeChild(node: SmallNode): SmallNode {
    this.childNodes.splice(this.childNodes.indexOf(node), 1);
    node.parentNode = null;
    return node;
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  addEventListener(): void {}
  removeEventListener(): void {}
}

class SmallDocument extends SmallNode {
  readonly defaultView = globalThis;
  readonly documentElement = this.createElement('html');
  readonly activeElement = null;

  constructor() {
    super(9, '#document', null);
  }

  createElement(name: string): SmallNode {
    return new SmallNode(1, name.toUpperCase(), this);
  }

  createTextNode(text: string): SmallNode {
    return Object.assign(new SmallNode(3, '#text', this), { nodeValue: text });
  }
}

/** Draws `content`; to be called before anything is imported that looks for a browser. */
export async function drawInSmallDocument(): Promise<{
  readonly draw: (content: ReactNode) => Promise<void>;
  readonly text: () => string;
  readonly remove: () => Promise<void>;
}> {
  const document = new SmallDocument();
  const noListener = { addEventListener: () => undefined, removeEventListener: () => undefined };
  Object.assign(globalThis, {
    window: globalThis,
    document,
    location: { protocol: 'http:', hash: '' },
    matchMedia: () => ({ matches: false, ...noListener }),
    ResizeObserver: class {
      observe(): void {}
      disconnect(): void {}
    },
    HTMLIFrameElement: class {},
    IS_REACT_ACT_ENVIRONMENT: true,
    ...noListener,
  });
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: '' }, configurable: true });
  const { createRoot } = await import('react-dom/client');
  const container = document.createElement('div');
  const root = createRoot(container as unknown as Element);
  return {
    draw: (content) => act(async () => root.render(content)),
    text: () => container.textContent,
    remove: () => act(async () => root.unmount()),
  };
}
