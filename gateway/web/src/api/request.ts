/** Why a request brought no answer of use. */
export type Failure =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'refused'; readonly status: number }
  /** There was an answer, which is not what it should be. */
  | { readonly kind: 'unreadable' };

/** A request that brought no answer. */
export class RequestFailed extends Error {
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(JSON.stringify(failure), options);
  }
}

/** Why a request failed with `error`. */
export function failureOf(error: unknown): Failure {
  return error instanceof RequestFailed ? error.failure : { kind: 'unreadable' };
}

/** Fetches JSON of our own origin. Throws {@link RequestFailed}, or the abort error of `signal`. */
export async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  } catch (error) {
    signal.throwIfAborted();
    throw new RequestFailed({ kind: 'unreachable' }, { cause: error });
  }
  const { ok, status } = response;
  // A proxy in front of a gateway that is down answers for it.
  if (status === 502 || status === 504) throw new RequestFailed({ kind: 'unreachable' });
  if (!ok) throw new RequestFailed({ kind: 'refused', status });
  return (await response.json()) as T;
}
