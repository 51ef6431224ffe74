import type { Rule } from 'eslint';

/** A rule of ours for ESLint: an object is not looked up by a text that may be any. */
export const textLookup: Rule.RuleModule;
