/**
 * A rule of ours for ESLint: an object is not looked up by a text that may be any. Every object has `constructor`, and
 * whoever writes to `__proto__` changes all it is: what comes from outside is a key of a Map, or asked for with
 * `Object.hasOwn`.
 */
import ts from 'typescript';

/** Whether a type holds texts that are not known: `string`, and not only certain ones. */
function isAnyText(checker, type) {
  // `K extends keyof T` names what is declared.
  if (type.symbol?.declarations?.some(({ constraint }) => constraint?.operator === ts.SyntaxKind.KeyOfKeyword))
    return false;
  const base = checker.getBaseConstraintOfType(type) ?? type;
  const parts = base.isUnion() ? base.types : [base];
  return parts.some(({ flags }) => (flags & (ts.TypeFlags.String | ts.TypeFlags.Unknown)) !== 0);
}

/** What stands there, without what is said of its type (`as`), which may be wrong. */
function withoutClaim(node) {
  return node.type === 'TSAsExpression' || node.type === 'TSNonNullExpression' ? withoutClaim(node.expression) : node;
}

/** Whether what surrounds a lookup has asked `Object.hasOwn` for the same. */
function isAskedFor(sourceCode, node) {
  const question = `Object.hasOwn(${sourceCode.getText(node.object)}, ${sourceCode.getText(withoutClaim(node.property))})`;
  return sourceCode.getAncestors(node).some((ancestor) => {
    const condition = ancestor.test ?? (ancestor.type === 'LogicalExpression' ? ancestor.left : null);
    return condition !== null && condition !== node && sourceCode.getText(condition).includes(question);
  });
}

export const textLookup = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      lookup: '"{{key}}" may be any text, also "constructor" or "__proto__": use a Map, or ask Object.hasOwn first.',
      inside: '"{{key}}" may be any text, and every object has "constructor" in it: ask Object.hasOwn, or a Map.',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const { program, esTreeNodeToTSNodeMap } = sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const isAny = (node) =>
      isAnyText(checker, checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(withoutClaim(node))));
    const report = (node, messageId, key) =>
      context.report({ node, messageId, data: { key: sourceCode.getText(key) } });
    return {
      MemberExpression(node) {
        if (!node.computed || !isAny(node.property) || isAskedFor(sourceCode, node)) return;
        report(node, 'lookup', node.property);
      },
      "BinaryExpression[operator='in']"(node) {
        if (node.left.type !== 'PrivateIdentifier' && isAny(node.left)) report(node, 'inside', node.left);
      },
    };
  },
};
