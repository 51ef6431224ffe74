/** A request that brought no answer of use. Its message is a sentence for the dispatcher, without the full stop. */
export class RequestFailed extends Error {
  /** @param status HTTP status; null when the gateway could not be reached at all. */
  constructor(
    readonly status: number | null,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Fetches JSON of our own origin. Throws {@link RequestFailed}, or the abort error of `signal`. */
export async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  } catch (error) {
    signal.throwIfAborted();
    throw new RequestFailed(null, 'Cannot reach the gateway', { cause: error });
  }
  // A proxy in front of a gateway that is down answers for it.
  if (response.status === 502 || response.status === 504) throw new RequestFailed(null, 'Cannot reach the gateway');
  if (!response.ok) throw new RequestFailed(response.status, `The gateway answered ${response.status}`);
  return (await response.json()) as T;
}
