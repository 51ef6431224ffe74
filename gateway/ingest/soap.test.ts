import { XMLParser } from 'fast-xml-parser';
import { expect, it } from 'vitest';
import { soapFault, soapReply } from './soap.js';

const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false });

it('answers a message by its id, whatever characters that has', () => {
  const at = '2026-10-04T18:04:18.018Z';
  const xml = soapReply({ messageId: 'own', correlationId: 'a<b>&"\u0001', at, result: 'OK', errors: [] });
  const { Header, Reply } = parser.parse(xml).Envelope.Body.ResponseMessage;
  expect(Header).toMatchObject({ Verb: 'reply', CorrelationID: 'a<b>&"\ufffd', Timestamp: at });
  expect(Reply).toEqual({ Result: 'OK' });
});

it('says whose fault a fault is', () => {
  expect(parser.parse(soapFault('OMS_X', 'Sorry.', true)).Envelope.Body.Fault).toMatchObject({
    faultcode: 'soap:Client',
    faultstring: 'Sorry.',
  });
  expect(soapFault('OMS_X', 'Sorry.', false)).toContain('soap:Server');
});
