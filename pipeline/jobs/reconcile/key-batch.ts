import type { ClientBase } from 'pg';
import { keyText } from '../../../operators/model/event.js';
import type { ComparedOutage } from '../../../operators/reconcile/finding.js';
import { byTime } from '../../../operators/reconcile/groups.js';
import { Restorations } from '../../../operators/indices/interruption.js';
import { readReplay, readStream, type Range, type Side } from './side.js';
import { KeyEntries } from '../../../operators/reconcile/stored-entry.js';
import { readEntries, type Stretch } from './stretch.js';

/** All of one key that a comparison needs. */
export interface KeyBooks {
  readonly stretch: Stretch;
  readonly entries: KeyEntries;
  readonly stream: readonly ComparedOutage[];
  readonly replay: readonly ComparedOutage[];
  /** By {@link memberKey}: the outage that a member joined. */
  readonly joinedStream: ReadonlyMap<string, string>;
  readonly joinedReplay: ReadonlyMap<string, string>;
  /** By outage of the stream: the offset of the log record that changed it last. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** Reads some keys of a run: what the replay took and made of it, and what the stream stored. */
export async function readKeys(
  client: ClientBase,
  runId: number,
  stretches: readonly Stretch[],
  range: Range,
): Promise<KeyBooks[]> {
  const entries = await readEntries(client, runId, stretches);
  const keyIds = stretches.map(({ keyId }) => keyId);
  const replay = await readReplay(client, keyIds);
  const stream = await readStream(client, keyIds, range);
  return stretches.map((stretch) => {
    const key = keyText(stretch);
    const ofKey = entries.get(stretch.keyId) ?? new KeyEntries();
    const restorations = new Restorations(ofKey);
    const complete = ({ faces, members, joined }: Side) => {
      const mine = faces.get(key) ?? [];
      return {
        outages: mine.map(({ momentary, ...face }): ComparedOutage => {
          const own = (members.get(`${key}/${face.outageId}`) ?? []).sort(byTime);
          const { status } = face;
          return { ...face, ...restorations.interruptionOf({ status, momentary }, own, range.toMs), members: own };
        }),
        joined: joined.get(key) ?? new Map<string, string>(),
      };
    };
    const [ofStream, ofReplay] = [complete(stream), complete(replay)];
    return {
      stretch,
      entries: ofKey,
      stream: ofStream.outages,
      replay: ofReplay.outages,
      joinedStream: ofStream.joined,
      joinedReplay: ofReplay.joined,
      offsets: stream.offsets,
    };
  });
}
