import { topicsWritten, type Node, type Stage, type Topology } from './topology.js';

/** The topology as text: each stage with what it reads, does and writes; a node stands below the one whose values it takes. */
export function describeTopology(topology: Topology): string {
  return [`Topology: ${topology.name}`, ...topology.stages.flatMap(linesOf)].join('\n');
}

function linesOf({ name, sources, tables, nodes, inTimeOrder, reject, outlet }: Stage): string[] {
  const lines = [`  Stage: ${name}`];
  lines.push(`    source: ${sources.join(', ')}${inTimeOrder ? ' (in the order of their times)' : ''}`);
  for (const { topic } of tables) lines.push(`    table: ${topic}`);
  lines.push(...below(nodes, -1, '    '));
  if (reject) lines.push(`    set aside: ${reject.topic}`);
  if (outlet !== null) lines.push(`    into: ${outlet} (with its offsets)`);
  return lines;
}

function below(nodes: readonly Node[], parent: number, indent: string): string[] {
  return nodes.flatMap((node, at) =>
    node.parent === parent
      ? [`${indent}${node.kind}: ${node.name}${remarkOn(node)}`, ...below(nodes, at, `${indent}  `)]
      : [],
  );
}

function remarkOn(node: Node): string {
  if (node.kind === 'through') return ' (gathered by key)';
  if (node.kind !== 'process') return '';
  return node.snapshots ? ` (state per partition, snapshots: ${node.snapshots.topic})` : ' (state per partition)';
}

/** The stages as a table in Markdown: what each reads, follows as a table, and writes. */
export function topologyTable(topology: Topology): string {
  const rows = topology.stages.map((stage) => [stage.name, readBy(stage), writtenBy(stage)]);
  return [['stage', 'reads', 'writes'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

const listOf = (topics: Iterable<string>): string => [...new Set(topics)].map((topic) => `\`${topic}\``).join(', ');

function readBy({ sources, tables, nodes }: Stage): string {
  return listOf([...sources, ...tables.map(({ topic }) => topic), ...snapshotTopics(nodes)]);
}

function writtenBy({ nodes, reject, outlet }: Stage): string {
  return (
    outlet ?? listOf([...nodes.flatMap(topicsWritten), ...(reject ? [reject.topic] : []), ...snapshotTopics(nodes)])
  );
}

function snapshotTopics(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => (node.kind === 'process' && node.snapshots ? [node.snapshots.topic] : []));
}
