import './Members.css';
import { useState } from 'react';
import { eventName, memberKeyOf, type Member, type OutageRecord } from '../../../api/outages.js';
import { useToday } from '../../../parts/clock.js';
import { flagText, words } from '../../../words/words.js';
import { linkSentence } from './linkSentence.js';

const text = words.members;

/** Rows shown at first, so that the timeline below is near, and with each "show more"; a storm brings thousands. */
const FIRST_ROWS = 30;
const MORE_ROWS = 200;

interface MembersProps {
  readonly members: readonly Member[];
  readonly openedBy: OutageRecord['openedBy'];
  /** Asks the map to show where a member is. */
  readonly onPoint: (member: Member) => void;
}

export function Members({ members, openedBy, onPoint }: MembersProps) {
  const today = useToday();
  const [shown, setShown] = useState(FIRST_ROWS);
  const hidden = members.length - shown;
  return (
    <>
      <table className="members">
        <thead>
          <tr>
            <th scope="col">{text.source}</th>
            <th scope="col">{text.asset}</th>
            <th scope="col">{text.time}</th>
            <th scope="col">{text.why}</th>
          </tr>
        </thead>
        <tbody>
          {members.slice(0, shown).map((member) => (
            <tr
              key={`${member.log.offset} ${memberKeyOf(member)} ${member.t}`}
              data-testid="member-row"
              data-kind={member.kind}
            >
              <td>
                <span className="source" data-source={member.source}>
                  {words.source[member.source]}
                </span>
              </td>
              <td>
                {member.lat !== null && member.lon !== null ? (
                  <button
                    type="button"
                    className="plain code"
                    title={text.show(eventName(member.source, member.sourceEventId), member.type)}
                    onClick={() => onPoint(member)}
                  >
                    {member.assetId ?? member.sourceEventId}
                  </button>
                ) : (
                  <span className="code">{member.assetId ?? member.sourceEventId}</span>
                )}
              </td>
              <td className="numeric">{words.format.time(member.t, today)}</td>
              <td>
                {linkSentence(member, openedBy)}
                {member.flags.length > 0 && (
                  <span className="member-flags">{words.notes(member.flags.map(flagText))}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && (
        <p className="more">
          <button type="button" onClick={() => setShown(shown + MORE_ROWS)}>
            {text.more(Math.min(MORE_ROWS, hidden))}
          </button>
          <span className="faint">{text.hidden(hidden)}</span>
        </p>
      )}
    </>
  );
}
