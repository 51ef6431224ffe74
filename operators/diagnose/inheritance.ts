import { ghostOf, isBelieved, type Explanation } from './explanation.js';
import type { Solver } from './solver.js';
import type { DeviceTree } from './tree.js';

/** What was moved, and into which tree. */
const moved = new WeakMap<Explanation, Map<DeviceTree, Explanation>>();

/**
 * The explanations by an earlier tree as they stand in a later one: each keeps its customers, and is where its node is now; a
 * node that is gone stands for its parent.
 */
export function standingIn({ tree: earlier, head }: Solver, later: DeviceTree): (readonly [number, Explanation])[] {
  return head.items.filter(isBelieved).map((explanation) => {
    const node = nodeIn(earlier, explanation.node, later);
    return [node, movedTo(explanation, node, earlier, later)];
  });
}

function nodeIn(earlier: DeviceTree, node: number, later: DeviceTree): number {
  for (let above = node; above >= 0; above = earlier.up[above]!) {
    const found = later.nodeOf(earlier.ids[above]!);
    if (found !== undefined) return found;
  }
  return later.source;
}

/** The same explanation of another node: the same object each time, so that what was solved with it holds. */
function movedTo(explanation: Explanation, node: number, earlier: DeviceTree, tree: DeviceTree): Explanation {
  let byTree = moved.get(explanation);
  if (!byTree) moved.set(explanation, (byTree = new Map()));
  let found = byTree.get(tree);
  if (!found) {
    found = ghostOf(explanation, node);
    found.only = customersIn(earlier, explanation.node, tree);
    byTree.set(tree, found);
  }
  return found;
}

/** The customers of a node of an earlier tree, as nodes of a later one. */
function customersIn(earlier: DeviceTree, node: number, later: DeviceTree): ReadonlySet<number> {
  const customers = new Set<number>();
  for (let place = earlier.first[node]!; place < earlier.end[node]!; place++) {
    const found = later.customer(earlier.ids[earlier.customerAt[place]!]!);
    if (found !== undefined) customers.add(found);
  }
  return customers;
}
