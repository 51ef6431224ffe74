import './Members.css';
import { useState } from 'react';
import type { Member, OutageRecord } from '../../../api/outages.js';
import { localTime } from '../../../words/times.js';
import { count, FLAG_WORDS, SOURCE_WORDS } from '../../../words/wording.js';
import { eventName, linkSentence } from './linkSentence.js';

/** Rows shown at first, so that the timeline below is near, and with each "show more"; a storm brings thousands. */
const FIRST_ROWS = 30;
const MORE_ROWS = 200;

interface MembersProps {
  readonly members: readonly Member[];
  readonly openedBy: OutageRecord['openedBy'];
  readonly now: number;
  /** Asks the map to show where a member is. */
  readonly onPoint: (member: Member) => void;
}

export function Members({ members, openedBy, now, onPoint }: MembersProps) {
  const [shown, setShown] = useState(FIRST_ROWS);
  const hidden = members.length - shown;
  return (
    <>
      <table className="members">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Asset</th>
            <th scope="col">Time</th>
            <th scope="col">Why it belongs here</th>
          </tr>
        </thead>
        <tbody>
          {members.slice(0, shown).map((member) => (
            <tr key={eventName(member.source, member.sourceEventId)} data-testid="member-row" data-kind={member.kind}>
              <td>
                <span className="source" data-source={member.source}>
                  {SOURCE_WORDS[member.source]}
                </span>
              </td>
              <td>
                {member.lat !== null && member.lon !== null ? (
                  <button
                    type="button"
                    className="plain code"
                    title={`${eventName(member.source, member.sourceEventId)}, ${member.type}: show on the map`}
                    onClick={() => onPoint(member)}
                  >
                    {member.assetId ?? member.sourceEventId}
                  </button>
                ) : (
                  <span className="code">{member.assetId ?? member.sourceEventId}</span>
                )}
              </td>
              <td className="numeric">{localTime(member.t, now)}</td>
              <td>
                {linkSentence(member, openedBy)}
                {member.flags.length > 0 && (
                  <span className="member-flags">
                    {member.flags.map((flag) => FLAG_WORDS.get(flag) ?? flag).join('; ')}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && (
        <p className="more">
          <button type="button" onClick={() => setShown(shown + MORE_ROWS)}>
            Show {count(Math.min(MORE_ROWS, hidden))} more
          </button>
          <span className="faint">{count(hidden)} not shown here; the map has all</span>
        </p>
      )}
    </>
  );
}
