import './Facts.css';
import type { ReactNode } from 'react';
import type { OutageRecord } from '../../../api/outages.js';
import { ageText, localTime } from '../../../words/times.js';
import { count, counted, FLAG_WORDS, percent, reportersText, shortId } from '../../../words/wording.js';

interface FactsProps {
  readonly outage: OutageRecord;
  readonly feederName: string | null;
  readonly now: number;
}

/** What is known of the outage, the most wanted first. */
export function Facts({ outage, feederName, now }: FactsProps) {
  const { restoredAt, etr, crew, flags, acknowledgedBy, center, incidentId, mergedInto } = outage;
  return (
    <>
      <div className="figures">
        <Figure value={count(outage.customersOut)} name="customers out" />
        <Figure value={count(outage.customersAffected)} name="affected in all" />
        <Figure value={percent(outage.confidence)} name="confidence" />
        <Figure
          value={ageText((restoredAt === null ? now : Date.parse(restoredAt)) - Date.parse(outage.firstDetectedAt))}
          name={restoredAt === null ? 'since first report' : 'from first report to restoration'}
        />
      </div>
      <dl className="facts">
        <Fact name="Feeder">
          {outage.feederId}
          {feederName !== null && <span className="faint"> {feederName}</span>}
        </Fact>
        <Fact name="Substation">{outage.substationId}</Fact>
        <Fact name="Detected">{localTime(outage.firstDetectedAt, now)}</Fact>
        <Fact name="Last report">{localTime(outage.lastEventAt, now)}</Fact>
        {restoredAt !== null && (
          <Fact name="Restored">
            {localTime(restoredAt, now)}
            {outage.momentary && <span className="faint"> momentary</span>}
          </Fact>
        )}
        <Fact name="Crew">{crew.length > 0 ? crew.join(', ') : <span className="faint">none assigned</span>}</Fact>
        <Fact name="Est. back">
          {etr === null ? <span className="faint">not estimated</span> : <Estimate etr={etr} now={now} />}
        </Fact>
        <Fact name="Seen by">
          {acknowledgedBy.length > 0 ? acknowledgedBy.join(', ') : <span className="faint">nobody yet</span>}
        </Fact>
        <Fact name="Reporters">{reportersText(outage.reporters)}</Fact>
        <Fact name="Assets out">
          {count(outage.assetsOut)} <span className="faint">of {counted(outage.assetsAffected, 'reporter')}</span>
        </Fact>
        {center !== null && (
          <Fact name="Centre">
            <span className="code">
              {center.lat.toFixed(5)}, {center.lon.toFixed(5)}
            </span>
          </Fact>
        )}
        <Fact name="Rules">{outage.ruleSet}</Fact>
        {incidentId !== null && (
          <Fact name="Incident">
            <span className="code" title={incidentId}>
              {shortId(incidentId)}
            </span>{' '}
            <span className="faint">substation event</span>
          </Fact>
        )}
        {mergedInto !== null && (
          <Fact name="Merged into">
            <a className="code" href={`#/outages/${mergedInto}`}>
              {shortId(mergedInto)}
            </a>
          </Fact>
        )}
        {flags.length > 0 && <Fact name="Note">{flags.map((flag) => FLAG_WORDS.get(flag) ?? flag).join('; ')}</Fact>}
      </dl>
    </>
  );
}

function Estimate({ etr, now }: { etr: string; now: number }) {
  const left = Date.parse(etr) - now;
  return (
    <>
      {localTime(etr, now)}{' '}
      {left >= 0 ? (
        <span className="faint">in {ageText(left)}</span>
      ) : (
        <span className="overdue">overdue by {ageText(-left)}</span>
      )}
    </>
  );
}

function Figure({ value, name }: { value: string; name: string }) {
  return (
    <div className="figure">
      <b>{value}</b>
      <span>{name}</span>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
