import type { Failure } from '../api/request.js';
import { en } from './en.js';

/**
 * All that a person reads on the page. Another language is a file beside en.ts that holds a value of this type: what it
 * leaves out does not compile.
 */
export type Words = typeof en;

/** The words of the page; chosen before anything is drawn, since no text changes its language while it is read. */
export const words: Words = en;

/** What a flag means; one that the page does not know stands for itself. */
export const flagText = (flag: string): string => wordFor(words.flag, flag);

/** What a status is called; one that the page does not know stands for itself. */
export const statusText = (status: string): string => wordFor(words.status, status);

function wordFor(list: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(list, name) ? list[name]! : name;
}

/** Why a request brought no answer of use, without the full stop. */
export function failureText(failure: Failure, unreadable: string): string {
  if (failure.kind === 'refused') return words.failure.refused(failure.status);
  return failure.kind === 'unreachable' ? words.failure.unreachable : unreadable;
}
