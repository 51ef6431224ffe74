/** What the gateway answers: its sentence, in which `%s` is filled in, and its HTTP status. A part of connections/errors.ts. */
export const HTTP_ERRORS = {
  OMS_BAD_REQUEST: {
    sentence: '%s',
    when: 'A parameter, a header or a field of the body is not what the route takes.',
    remedy: 'The sentence names it; /openapi.json says what each route takes.',
    statusCode: 400,
  },
  OMS_NOT_HTTP: {
    sentence: 'The request cannot be read as HTTP (%s).',
    when: 'What came is not HTTP.',
    remedy: 'Speak HTTP/1.1 to this port; TLS ends before the gateway.',
    statusCode: 400,
  },
  OMS_NOT_JSON: {
    sentence: 'The body is not JSON: %s',
    when: 'A body says that it is JSON, and is not.',
    remedy: 'The sentence says where it breaks off.',
    statusCode: 400,
  },
  OMS_NOTHING_ACCEPTED: {
    sentence: 'Nothing was accepted: %s',
    when: 'None of the events of a request can be understood.',
    remedy: 'The sentence says why, and reason counts it; mend who sends it.',
    statusCode: 400,
  },
  OMS_BAD_TILE: {
    sentence: 'There is no tile %s: zoom is 0 to 22, column and row are below 2^zoom.',
    when: 'A tile of the map is asked for that no map has.',
    remedy: 'Ask for zoom 0 to 22, column and row below 2^zoom.',
    statusCode: 400,
  },
  OMS_BAD_CURSOR: {
    sentence: 'cursor "%s" is none of ours: use nextCursor of the page before.',
    when: 'A list is asked for from a cursor that no list gave.',
    remedy: 'Use nextCursor of the page before, as it is.',
    statusCode: 400,
  },
  OMS_UNKNOWN_WORD: {
    sentence: 'event_type "%s" is neither an outage nor a restoration in any source\'s words.',
    when: 'An event is of a type that no source knows.',
    remedy: 'Send a word or a code that one of the sources has.',
    statusCode: 400,
  },
  OMS_NO_ROUTE: {
    sentence: 'There is no %s.',
    when: 'There is no such route.',
    remedy: '/openapi.json lists those there are.',
    statusCode: 404,
  },
  OMS_UNKNOWN_OUTAGE: {
    sentence: 'There is no outage %s.',
    when: 'There is no outage of that id.',
    remedy: 'Look at the id; an outage that was merged is found under the one that it was merged into.',
    statusCode: 404,
  },
  OMS_UNKNOWN_TICKET: {
    sentence: 'Nobody has heard of the ticket %s.',
    when: 'There is no trouble call of that ticket.',
    remedy: 'Look at the id; one that was just sent is there in a moment.',
    statusCode: 404,
  },
  OMS_PAGE_NOT_BUILT: {
    sentence: 'The page has not been built: run "npm run build".',
    when: 'The page was asked for, and has not been built.',
    remedy: 'Run "npm run build".',
    statusCode: 404,
  },
  OMS_BAD_METHOD: {
    sentence: '%s is not for this path; it takes %s.',
    when: 'The path is there, and takes other methods.',
    remedy: 'Use one of those that the sentence and the header allow name.',
    statusCode: 405,
  },
  OMS_REQUEST_TIMEOUT: {
    sentence: 'The request did not come to its end in time (%s).',
    when: 'A request came too slowly.',
    remedy: 'Send it again; in parts if it is large.',
    statusCode: 408,
  },
  OMS_BODY_TOO_LARGE: {
    sentence: 'The body is larger than %s.',
    when: 'A body is larger than the gateway reads.',
    remedy: 'Send it in parts, or raise OMS_BODY_LIMIT_MB.',
    statusCode: 413,
  },
  OMS_BAD_CONTENT_TYPE: {
    sentence: 'Content %s is not read here: send %s.',
    when: 'A body is of a content type that the route does not read.',
    remedy: 'Send one of those that the sentence names.',
    statusCode: 415,
  },
  OMS_HEADERS_TOO_LARGE: {
    sentence: 'The headers of the request are too large (%s).',
    when: 'The headers are larger than the gateway reads.',
    remedy: 'Send fewer or shorter ones; look at cookies first.',
    statusCode: 431,
  },
  OMS_INTERNAL: {
    sentence: 'Something went wrong inside; the log of the gateway says what.',
    when: 'Something happened that nobody foresaw.',
    remedy: 'Report it as a defect, with what the log or the command says of it.',
    statusCode: 500,
  },
  OMS_PORT_TAKEN: {
    sentence: 'Port %s on %s is taken: stop what listens there, or set OMS_PORTS.',
    when: 'Something else listens on a port of the gateway or of the stages.',
    remedy: 'Stop it, or set OMS_PORTS or OMS_STAGES_PORT.',
    statusCode: 500,
  },
  OMS_KAFKA_UNAVAILABLE: {
    sentence: 'Kafka does not take records now (%s); nothing of this request is lost if it is sent again.',
    when: 'Kafka does not take what the gateway was given.',
    remedy: 'Send the request again after the time of the header retry-after: what it already has counts once.',
    statusCode: 503,
  },
  OMS_BUSY: {
    sentence: 'Large bodies are worked on one after the other, and the turn of this one did not come within %s.',
    when: 'Too many large bodies came at once.',
    remedy: 'Send the request again after the time of the header retry-after.',
    statusCode: 503,
  },
  OMS_DATABASE_UNAVAILABLE: {
    sentence: 'The database does not answer now (%s).',
    when: 'The gateway cannot ask the database.',
    remedy: 'Ask again after the time of the header retry-after: events are taken meanwhile.',
    statusCode: 503,
  },
} as const;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** What is answered where something is wrong, in JSON. */
export interface HttpAnswer {
  readonly code: HttpErrorCode;
  readonly message: string;
}

/**
 * The answer of a code.
 * @param words what stands for each `%s` of its sentence
 */
export function httpAnswer(code: HttpErrorCode, words: readonly string[]): HttpAnswer {
  const left = [...words];
  return { code, message: HTTP_ERRORS[code].sentence.replace(/%s/g, () => left.shift() ?? '') };
}
