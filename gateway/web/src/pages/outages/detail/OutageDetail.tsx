import './OutageDetail.css';
import { compareRecords } from '../../../../../../operators/model/outage-order.js';
import { useEffect, useRef } from 'react';
import type { Member, OutageRecord } from '../../../api/outages.js';
import { SeverityBadge } from '../../../parts/SeverityBadge.js';
import { count, shortId, STATUS_WORDS } from '../../../words/wording.js';
import { Facts } from './Facts.js';
import { Members } from './Members.js';
import { Timeline } from './Timeline.js';
import type { DetailState } from './useOutageDetail.js';

interface OutageDetailProps {
  readonly outageId: string;
  /** The newest record known; null until there is one. */
  readonly outage: OutageRecord | null;
  readonly state: DetailState;
  /** The outage that was asked for, when it has merged into this one. */
  readonly followedFrom: string | null;
  readonly feederName: string | null;
  readonly now: number;
  readonly onShow: () => void;
  readonly onPoint: (member: Member) => void;
  readonly onClose: () => void;
}

export function OutageDetail(props: OutageDetailProps) {
  const { outageId, outage, state, followedFrom, feederName, now, onShow, onPoint, onClose } = props;
  const { detail, failure, unknown } = state;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers return a promise from scrolling, which must not be taken for a clean-up.
    void body.current?.scrollTo(0, 0);
  }, [outageId]);

  return (
    <section className="detail" aria-label={`Outage ${shortId(outageId)}`} data-testid="outage-detail">
      <header className="detail-head">
        {outage && <SeverityBadge severity={outage.severity} />}
        <h2>
          {outage ? `${outage.feederId} · ${STATUS_WORDS[outage.status]}` : 'Outage'}
          <span className="code faint" title={outageId}>
            {shortId(outageId)}
          </span>
        </h2>
        {outage?.bbox && (
          <button type="button" onClick={onShow}>
            Show on map
          </button>
        )}
        <button type="button" className="plain close" aria-label="Close the detail (Escape)" onClick={onClose}>
          ✕
        </button>
      </header>
      <div className="detail-body" ref={body}>
        {followedFrom !== null && (
          <p className="notice">Outage {shortId(followedFrom)} merged into this one, which has all of its reports.</p>
        )}
        {unknown && <p className="notice">No outage has this id. Check the link, or choose one from the list.</p>}
        {failure !== null && !unknown && (
          <p className="notice" role="alert">
            {failure}; trying again. {detail ? 'What is shown may be out of date.' : ''}
          </p>
        )}
        {!outage && failure === null && <p className="empty">Fetching the outage…</p>}
        {outage && <Facts outage={outage} feederName={feederName} now={now} />}
        {outage && !detail && failure === null && <p className="empty">Fetching its events…</p>}
        {detail && outage && (
          <>
            <h3>
              Why these reports belong together <span className="faint">{count(detail.members.length)}</span>
            </h3>
            {compareRecords(detail.outage, outage) < 0 && (
              <p className="faint behind">More has come in; the table follows in a moment.</p>
            )}
            <Members key={outageId} members={detail.members} openedBy={outage.openedBy} now={now} onPoint={onPoint} />
            <h3>Timeline</h3>
            <Timeline entries={detail.timeline} now={now} />
          </>
        )}
      </div>
    </section>
  );
}
