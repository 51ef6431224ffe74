import Type from 'typebox';
import { bySource, type Source } from '../model/source.js';
import { CanonicalEventSchema, DescribedId, DescribedTime, optional, reportsOf } from './report-schema.js';

const LINES = 'JSON, or a line of JSON each';
/** What a topic holds besides, by source. */
const OTHER_FORMS: Readonly<Partial<Record<Source, string>>> = {
  kaifa: 'an EventMessage of IEC 61968-100 with EndDeviceEvents in XML, in SOAP or not',
};

/** What sources say in words of their own; one that has none sends canonical events. */
const REPORTS: Readonly<Partial<Record<Source, Type.TSchema>>> = reportsOf(DescribedId, DescribedTime);
const Text = Type.String({ description: 'a report as text, JSON or XML' });
const open = { additionalProperties: true };

/** A definition beside the record, by its name. */
const defined = (name: string) => Type.Ref(`#/$defs/${name}`);

/** A report as it is, or in one of the envelopes that are opened. */
const enclosed = (bare: readonly Type.TSchema[]) =>
  Type.Union([
    ...bare,
    Type.Object(
      {
        event: Type.Union([...bare, Text, Type.Object({ body: Text }, open)]),
        processed_at: optional(Type.With(DescribedTime, { description: 'when it was received; ISO 8601' })),
      },
      open,
    ),
    Type.Object({ request: Type.Object({ body: Text }, open) }, open),
  ]);

/** By source, the value of a record of its topic, parsed: what of one is not so is kept on `oms.rejected`, with the reason. */
export const SOURCE_RECORD_SCHEMAS: Readonly<Record<Source, Type.TSchema>> = bySource((source, { words }) => {
  const report = REPORTS[source];
  const forms = [LINES, OTHER_FORMS[source]].filter((form) => form !== undefined).join(', or ');
  const bare = report ? [defined('report'), defined('canonical')] : [defined('canonical')];
  return Type.Union([defined('enclosed'), Type.Array(defined('enclosed'))], {
    $id: `SourceRecord-${source}`,
    description: `${words.name}: a report or a list of them; ${forms}`,
    $defs: { ...(report && { report }), canonical: CanonicalEventSchema, enclosed: enclosed(bare) },
  });
});
