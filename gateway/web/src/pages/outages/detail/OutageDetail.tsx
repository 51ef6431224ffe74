import './OutageDetail.css';
import { compareRecords } from '../../../../../../operators/model/outage-order.js';
import { useEffect, useRef } from 'react';
import { shortId, type Member, type OutageRecord } from '../../../api/outages.js';
import { SeverityBadge } from '../../../parts/SeverityBadge.js';
import { failureText, words } from '../../../words/words.js';
import { Facts } from './Facts.js';
import { Members } from './Members.js';
import { Timeline } from './Timeline.js';
import type { DetailState } from './useOutageDetail.js';

const text = words.detail;

interface OutageDetailProps {
  readonly outageId: string;
  /** The newest record known; null until there is one. */
  readonly outage: OutageRecord | null;
  readonly state: DetailState;
  /** The outage that was asked for, when it has merged into this one. */
  readonly followedFrom: string | null;
  readonly feederName: string | null;
  readonly onShow: () => void;
  readonly onPoint: (member: Member) => void;
  readonly onClose: () => void;
}

export function OutageDetail(props: OutageDetailProps) {
  const { outageId, outage, state, followedFrom, feederName, onShow, onPoint, onClose } = props;
  const { detail, failure, unknown } = state;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers return a promise from scrolling, which must not be taken for a clean-up.
    void body.current?.scrollTo(0, 0);
  }, [outageId]);

  return (
    <section className="detail" aria-label={text.name(shortId(outageId))} data-testid="outage-detail">
      <header className="detail-head">
        {outage && <SeverityBadge severity={outage.severity} />}
        <h2>
          {outage ? text.heading(outage.feederId, words.status[outage.status]) : text.unknownHeading}
          <span className="code faint" title={outageId}>
            {shortId(outageId)}
          </span>
        </h2>
        {outage?.bbox && (
          <button type="button" onClick={onShow}>
            {text.showOnMap}
          </button>
        )}
        <button type="button" className="plain close" aria-label={text.close} onClick={onClose}>
          ✕
        </button>
      </header>
      <div className="detail-body" ref={body}>
        {followedFrom !== null && <p className="notice">{text.followed(shortId(followedFrom))}</p>}
        {unknown && <p className="notice">{text.noSuch}</p>}
        {failure !== null && !unknown && (
          <p className="notice" role="alert">
            {text.failed(failureText(failure, words.failure.unreadableAnswer), detail !== null)}
          </p>
        )}
        {!outage && failure === null && <p className="empty">{text.fetching}</p>}
        {outage && <Facts outage={outage} feederName={feederName} />}
        {outage && !detail && failure === null && <p className="empty">{text.fetchingEvents}</p>}
        {detail && outage && (
          <>
            <h3>
              {text.members} <span className="faint">{words.format.count(detail.members.length)}</span>
            </h3>
            {compareRecords(detail.outage, outage) < 0 && <p className="faint behind">{text.behind}</p>}
            <Members key={outageId} members={detail.members} openedBy={outage.openedBy} onPoint={onPoint} />
            <h3>{text.timeline}</h3>
            <Timeline entries={detail.timeline} />
          </>
        )}
      </div>
    </section>
  );
}
