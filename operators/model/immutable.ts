/** What nobody changes, at any depth: so is what a schema describes once it has been read. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;
