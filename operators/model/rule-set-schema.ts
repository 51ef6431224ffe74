import Type from 'typebox';
import { Share, Text } from './schema-parts.js';
import { bySource } from './source.js';

const DurationMs = Type.Number({ minimum: 0, maximum: 365 * 86_400_000 });
const Customers = Type.Number({ minimum: 0, description: 'customers affected' });

/** What links, confirms and ages events, from a time on. See the contract, "Rule sets". */
export const RuleSetSchema = Type.Object(
  {
    name: Text,
    windowMs: DurationMs,
    radiusM: Type.Number({ minimum: 0, maximum: 1e7 }),
    latenessMs: DurationMs,
    retentionMs: DurationMs,
    weights: Type.Object(
      bySource(() => Type.Optional(Share)),
      {
        description: 'what one reporter of a source is worth; of one that is not named, what the table of sources says',
      },
    ),
    confirmThreshold: Share,
    severity: Type.Object(
      { medium: Customers, high: Customers, critical: Customers },
      { description: 'from how many customers on an outage is so' },
    ),
  },
  { description: 'see "Rule sets and storm mode" in operation.md' },
);
