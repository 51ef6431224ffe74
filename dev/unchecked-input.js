/**
 * What ESLint's `no-restricted-syntax` refuses: to call what comes from outside what it should be, instead of reading it. Whoever
 * can write to a topic or a file can write anything.
 */

const HOW = 'Read it as unknown and check it: record-shape.ts, schema-reader.ts.';
const UNKNOWN = '[typeAnnotation.type="TSUnknownKeyword"]';

/** Calls that make of bytes whatever they hold. */
const DECODINGS = [
  'CallExpression[callee.object.name="JSON"][callee.property.name="parse"]',
  'CallExpression[callee.property.name="unpack"]',
  'CallExpression[callee.name="unpack"]',
  'CallExpression[callee.property.name="json"][arguments.length=0]',
];

export const uncheckedInput = [
  ...DECODINGS.flatMap((call) =>
    [`> ${call}`, `> AwaitExpression ${call}`, `> LogicalExpression > ${call}`].map((below) => ({
      selector: `TSAsExpression:not(${UNKNOWN}) ${below}`,
      message: `What was parsed is not what a cast says. ${HOW}`,
    })),
  ),
  ...DECODINGS.flatMap((call) =>
    [`> ${call}`, `> AwaitExpression ${call}`].map((below) => ({
      selector: `VariableDeclarator:not([id.typeAnnotation.typeAnnotation.type="TSUnknownKeyword"]) ${below}`,
      message: `What was parsed is unknown, not any. ${HOW}`,
    })),
  ),
  {
    selector: `TSAsExpression > TSAsExpression${UNKNOWN}`,
    message: `By way of unknown a cast makes anything of anything. ${HOW}`,
  },
];
