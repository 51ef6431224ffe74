import type { Kind } from '../../operators/model/event.js';
import { xmlText } from '../../operators/model/xml-text.js';
import type { CanonicalEvent } from './canonical-event.js';

/** EndDeviceEventType codes (IEC 61968-9) that Kaifa's head-end system uses: meter power down and power up. */
export const METER_CODES: Readonly<Record<Kind, string>> = { outage: '3.26.0.85', restoration: '3.26.0.216' };

const MESSAGE_NAMESPACE = 'http://iec.ch/TC57/2011/schema/message';
const EVENTS_NAMESPACE = 'http://iec.ch/TC57/2011/EndDeviceEvents#';

/**
 * An IEC 61968-100 EventMessage in a SOAP envelope, as the head-end system sends it.
 * @param messageId its MessageID
 * @param events one or more meter events; code as `ref` or as child elements by turns, as both are seen in the field
 */
export function eventMessage(messageId: string, events: readonly CanonicalEvent[]): string {
  const sentAt = events.at(-1)?.receivedAt ?? '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:msg="${MESSAGE_NAMESPACE}" xmlns:m="${EVENTS_NAMESPACE}">
  <soapenv:Body>
    <msg:EventMessage>
      <msg:Header>
        <msg:Verb>created</msg:Verb>
        <msg:Noun>EndDeviceEvents</msg:Noun>
        <msg:Revision>2.0</msg:Revision>
        <msg:Timestamp>${xmlText(sentAt)}</msg:Timestamp>
        <msg:Source>Kaifa HES</msg:Source>
        <msg:MessageID>${xmlText(messageId)}</msg:MessageID>
        <msg:CorrelationID>${xmlText(messageId)}</msg:CorrelationID>
      </msg:Header>
      <msg:Payload>
        <m:EndDeviceEvents>
${events.map(endDeviceEvent).join('\n')}
        </m:EndDeviceEvents>
      </msg:Payload>
    </msg:EventMessage>
  </soapenv:Body>
</soapenv:Envelope>
`;
}

function endDeviceEvent(event: CanonicalEvent): string {
  const reason = event.kind === 'outage' ? 'Power down' : 'Power up';
  return `          <m:EndDeviceEvent>
            <m:mRID>${xmlText(event.sourceEventId)}</m:mRID>
            <m:createdDateTime>${xmlText(event.occurredAt)}</m:createdDateTime>
            <m:reason>${reason}</m:reason>
            <m:Assets><m:mRID>${xmlText(event.assetId)}</m:mRID></m:Assets>
            ${eventType(event)}
          </m:EndDeviceEvent>`;
}

/** By turns by the number in the id, not by place: the same event is always written the same. */
function eventType({ kind, sourceEventId }: CanonicalEvent): string {
  const code = METER_CODES[kind];
  if (/[02468]$/.test(sourceEventId)) return `<m:EndDeviceEventType ref="${code}"/>`;
  const [type, domain, subDomain, eventOrAction] = code.split('.');
  return (
    `<m:EndDeviceEventType><m:type>${type}</m:type><m:domain>${domain}</m:domain>` +
    `<m:subDomain>${subDomain}</m:subDomain><m:eventOrAction>${eventOrAction}</m:eventOrAction></m:EndDeviceEventType>`
  );
}
