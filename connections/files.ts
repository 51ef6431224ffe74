import { OmsError } from './errors.js';

/** What is wrong with a file, in a sentence. */
export function fileProblem(file: string, error: Pick<NodeJS.ErrnoException, 'code' | 'message'>): OmsError {
  const why = new Map([
    ['ENOENT', 'there is no such file or folder'],
    ['EACCES', 'there is no right to it'],
    ['EISDIR', 'it is a folder'],
    ['ENOTDIR', 'what should be a folder in its path is a file'],
    ['ENOSPC', 'the disk is full'],
  ]);
  return new OmsError('OMS_FILE_UNUSABLE', `${file}: ${why.get(error.code ?? '') ?? error.message}.`, { cause: error });
}
