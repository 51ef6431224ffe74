/** What the reference of diagnosis says of itself, as far as tests ask. */

export interface ReferenceTree {
  readonly f: string;
  readonly id: readonly string[];
}

export interface ReferenceEvent {
  readonly source: string;
  readonly id: string;
  readonly kind: string;
  readonly n: number;
  readonly t: number;
  readonly suspect?: boolean;
}

export interface ReferenceFault {
  readonly n: number;
  readonly M: number;
  readonly T: number;
  readonly conf: number;
}

export class Net {
  constructor(dir: string);
  readonly asset: ReadonlyMap<string, readonly [ReferenceTree, number]>;
}

export class Diagnosis {
  constructor(tree: ReferenceTree);
  readonly t: ReferenceTree;
  add(event: ReferenceEvent): void;
  solve(): void;
  final(): {
    readonly faults: readonly ReferenceFault[];
    readonly group: ReadonlyMap<string, ReferenceFault>;
  };
}
