import { OmsError } from '../../../connections/errors.js';

/** What is wrong with a network, and where it says so. */
export interface NetworkError {
  /** Path of the file, as it was opened. */
  readonly file: string;
  /** Line in a CSV file, from 1; absent where the error is the whole file's. */
  readonly line?: number;
  /** Index of the feature in a GeoJSON file, from 0. */
  readonly feature?: number;
  /** One sentence: what is wrong and what would be right. */
  readonly message: string;
}

/** The error on one line: `devices.csv:12: …` or `network.geojson, feature 4: …`. */
export function networkErrorText(error: NetworkError): string {
  const place =
    error.line !== undefined ? `:${error.line}` : error.feature !== undefined ? `, feature ${error.feature}` : '';
  return `${error.file}${place}: ${error.message}`;
}

/** Thrown for a network that cannot be taken; holds every error found, in the order of files and lines. */
export class InvalidNetwork extends OmsError {
  override name = 'InvalidNetwork';
  readonly errors: readonly NetworkError[];

  constructor(errors: readonly NetworkError[]) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    super('OMS_BAD_NETWORK', errors[0] ? `${networkErrorText(errors[0])}${more}` : 'The network is invalid.');
    this.errors = errors;
  }
}
