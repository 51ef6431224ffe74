import { propagation, ROOT_CONTEXT, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';

type Headers = Readonly<Record<string, string>>;

/** Of so many events one is traced; of commands, and of what is refused, all. */
const EVENTS_PER_TRACE = 1000;
/** The header by which a trace goes on from record to record (W3C Trace Context). */
const HEADER = 'traceparent';
/** So long it is: nothing longer goes on from a sender's record to ours. */
const HEADER_LENGTH = 55;
const NO_HEADERS: Headers = {};
/** What a sender says that traces its request itself: version, trace, span, and that it is sampled. */
const SAMPLED = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][13579bdf]$/;
/** How long spans are tried to be sent: a process that ends waits for it, and has 9 s for all. */
const SEND_MS = 2000;

/** One step on a way. */
export interface Step {
  /** What is done: `place`. */
  readonly name: string;
  /** When what was done before was done, epoch ms: the step takes from then till now. Absent: it takes no time. */
  readonly sinceMs?: number;
  readonly attributes?: Attributes;
  /** Why it goes no further. */
  readonly failure?: string;
}

/**
 * The ways of one event in a thousand, of every command, and of what is refused, from the request to the outage record: spans
 * of OpenTelemetry. A way goes on from record to record by the header `traceparent`. Where nobody wants traces nothing is
 * done, and a header that is there goes on as it is.
 */
export class Traces {
  /** So that the first event is traced: who tries it need not send a thousand. */
  #seen = EVENTS_PER_TRACE - 1;
  #isOn = false;

  /**
   * Sends what is traced from now on.
   * @param to where to, as {@link toCollector} makes it; null: nobody wants it
   * @returns what sends the last of it, and ends
   */
  async start(to: SpanProcessor | null, service: string): Promise<() => Promise<void>> {
    if (to === null) return () => Promise.resolve();
    const { NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
    const { resourceFromAttributes } = await import('@opentelemetry/resources');
    const resource = resourceFromAttributes({ 'service.name': service });
    const provider = new NodeTracerProvider({ resource, spanProcessors: [to] });
    // Each step names the one that it follows: no context need go with every promise of the process.
    provider.register({ contextManager: null });
    this.#isOn = true;
    return async () => {
      this.#isOn = false;
      // A collector that is away costs the last spans.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      propagation.disable();
    };
  }

  /** Whether the way of so many events begins here: of those of one request the first is followed. */
  takesEvents(count: number): boolean {
    const before = Math.floor(this.#seen / EVENTS_PER_TRACE);
    this.#seen += count;
    return this.#isOn && Math.floor(this.#seen / EVENTS_PER_TRACE) > before;
  }

  /**
   * So many events of one request are taken in.
   * @param from headers of the request, as {@link sentWith} gives them: what its sender follows is followed here
   * @param type what they are, as their record says
   * @returns the headers by which the way of the one that is followed goes on, if one is
   */
  receive(count: number, from: Headers, type = 'unknown'): Headers {
    if (!this.takesEvents(count) && !this.follows(from)) return NO_HEADERS;
    return this.step({ name: 'receive', attributes: { 'oms.events': count, 'oms.type': type } }, from);
  }

  /**
   * Whether a request's sender follows it.
   * @param headers those of the request, as they came
   * @returns the headers by which its way goes on; none if nobody follows it
   */
  sentWith(headers: Readonly<Record<string, unknown>>): Headers {
    const header = headers[HEADER];
    return typeof header === 'string' && SAMPLED.test(header) ? { [HEADER]: header } : NO_HEADERS;
  }

  /** Whether a record's way is followed. */
  follows(headers: Headers): boolean {
    return headers[HEADER]?.length === HEADER_LENGTH;
  }

  /**
   * Notes a step.
   * @param from headers of the record that it is about; absent: a way begins
   * @returns the headers by which it goes on
   */
  step({ name, sinceMs, attributes = {}, failure }: Step, from: Headers = NO_HEADERS): Headers {
    if (!this.#isOn) return this.#asItCame(from);
    const parent = propagation.extract(ROOT_CONTEXT, from);
    const options = { attributes, ...(sinceMs === undefined ? {} : { startTime: sinceMs }) };
    const span = trace.getTracer('oms').startSpan(name, options, parent);
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    span.end();
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(parent, span), headers);
    return headers;
  }

  #asItCame(from: Headers): Headers {
    const header = from[HEADER];
    return header === undefined ? NO_HEADERS : { [HEADER]: header };
  }
}

/** Those of this process. */
export const traces = new Traces();

/** Sends spans to a collector, by OTLP over HTTP; null if no address is given. */
export async function toCollector(endpoint: string | null): Promise<SpanProcessor | null> {
  if (endpoint === null) return null;
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  return new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: SEND_MS }));
}
