import { xmlText } from '../../operators/model/xml-text.js';

/** Answers to a head-end system that speaks SOAP: IEC 61968-100 replies. */

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const MESSAGE = 'http://iec.ch/TC57/2011/schema/message';

/** An event that was not taken, or several: the reason in a word, and a sentence. */
export interface SoapError {
  readonly code: string;
  readonly details: string;
}

/** What is answered. */
export interface SoapReply {
  readonly messageId: string;
  /** The message it answers, if that had an id. */
  readonly correlationId: string | null;
  readonly at: string;
  readonly result: 'OK' | 'PARTIAL' | 'FAILED';
  /** What was not taken, and why. */
  readonly errors: readonly SoapError[];
}

/** A reply as a SOAP message. */
export function soapReply({ messageId, correlationId, at, result, errors }: SoapReply): string {
  const correlation = correlationId === null ? '' : `<CorrelationID>${xmlText(correlationId)}</CorrelationID>`;
  const listed = errors.map(
    ({ code, details }) => `<Error><code>${xmlText(code)}</code><details>${xmlText(details)}</details></Error>`,
  );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP}"><soap:Body>` +
    `<ResponseMessage xmlns="${MESSAGE}"><Header><Verb>reply</Verb><Noun>EndDeviceEvents</Noun>` +
    `<Timestamp>${at}</Timestamp><MessageID>${xmlText(messageId)}</MessageID>${correlation}</Header>` +
    `<Reply><Result>${result}</Result>${listed.join('')}</Reply></ResponseMessage></soap:Body></soap:Envelope>\n`
  );
}

/** A refusal as a SOAP message. `sender`: whether the request is at fault. */
export function soapFault(code: string, message: string, sender: boolean): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP}"><soap:Body><soap:Fault>` +
    `<faultcode>soap:${sender ? 'Client' : 'Server'}</faultcode><faultstring>${xmlText(message)}</faultstring>` +
    `<detail><code>${xmlText(code)}</code></detail></soap:Fault></soap:Body></soap:Envelope>\n`
  );
}
