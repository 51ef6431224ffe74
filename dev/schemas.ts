import { writeFileSync } from 'node:fs';
import { schemaText, TOPIC_SCHEMAS } from '../connections/topic-schemas.js';

/** Writes the schemas of the topics to docs/schemas. */
for (const { file, schema } of Object.values(TOPIC_SCHEMAS)) writeFileSync(`docs/schemas/${file}`, schemaText(schema));
