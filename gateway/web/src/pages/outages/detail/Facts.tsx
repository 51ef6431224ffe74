import './Facts.css';
import type { ReactNode } from 'react';
import { SOURCES } from '../../../../../../operators/model/source.js';
import { shortId, type OutageRecord } from '../../../api/outages.js';
import { Age } from '../../../parts/Age.js';
import { useClock, useToday } from '../../../parts/clock.js';
import { flagText, words } from '../../../words/words.js';

const { facts: text, format } = words;

interface FactsProps {
  readonly outage: OutageRecord;
  readonly feederName: string | null;
}

/** What is known of the outage, the most wanted first. */
export function Facts({ outage, feederName }: FactsProps) {
  const today = useToday();
  const firstDetectedMs = Date.parse(outage.firstDetectedAt);
  const { restoredAt, etr, crew, flags, acknowledgedBy, center, incidentId, mergedInto } = outage;
  return (
    <>
      <div className="figures">
        <Figure value={format.count(outage.customersOut)} name={text.customersOut} />
        <Figure value={format.count(outage.customersAffected)} name={text.affected} />
        <Figure value={format.percent(outage.confidence)} name={text.confidence} />
        <Figure
          value={
            restoredAt === null ? <Age since={firstDetectedMs} /> : format.age(Date.parse(restoredAt) - firstDetectedMs)
          }
          name={restoredAt === null ? text.sinceFirst : text.toRestoration}
        />
      </div>
      <dl className="facts">
        <Fact name={text.feeder}>
          {outage.feederId}
          {feederName !== null && <span className="faint"> {feederName}</span>}
        </Fact>
        <Fact name={text.substation}>{outage.substationId}</Fact>
        <Fact name={text.detected}>{format.time(outage.firstDetectedAt, today)}</Fact>
        <Fact name={text.lastReport}>{format.time(outage.lastEventAt, today)}</Fact>
        {restoredAt !== null && (
          <Fact name={text.restored}>
            {format.time(restoredAt, today)}
            {outage.momentary && <span className="faint"> {text.momentary}</span>}
          </Fact>
        )}
        <Fact name={text.crew}>
          {crew.length > 0 ? words.list(crew) : <span className="faint">{text.noCrew}</span>}
        </Fact>
        <Fact name={text.etr}>
          {etr === null ? <span className="faint">{text.noEtr}</span> : <Estimate etr={etr} />}
        </Fact>
        <Fact name={text.seenBy}>
          {acknowledgedBy.length > 0 ? words.list(acknowledgedBy) : <span className="faint">{text.seenByNobody}</span>}
        </Fact>
        <Fact name={text.reporters}>{reportersText(outage.reporters)}</Fact>
        <Fact name={text.assetsOut}>
          {format.count(outage.assetsOut)} <span className="faint">{text.ofReporters(outage.assetsAffected)}</span>
        </Fact>
        {center !== null && (
          <Fact name={text.centre}>
            <span className="code">
              {center.lat.toFixed(5)}, {center.lon.toFixed(5)}
            </span>
          </Fact>
        )}
        <Fact name={text.rules}>{outage.ruleSet}</Fact>
        {incidentId !== null && (
          <Fact name={text.incident}>
            <span className="code" title={incidentId}>
              {shortId(incidentId)}
            </span>{' '}
            <span className="faint">{text.substationEvent}</span>
          </Fact>
        )}
        {mergedInto !== null && (
          <Fact name={text.mergedInto}>
            <a className="code" href={`#/outages/${mergedInto}`}>
              {shortId(mergedInto)}
            </a>
          </Fact>
        )}
        {flags.length > 0 && <Fact name={text.note}>{words.notes(flags.map(flagText))}</Fact>}
      </dl>
    </>
  );
}

/** Who reported, in words: `2 SCADA, 41 meters, 1 call`. */
function reportersText(reporters: OutageRecord['reporters']): string {
  const counts = SOURCES.filter((source) => reporters[source] > 0).map((source) =>
    format.counted(reporters[source], words.reporters[source]),
  );
  return counts.length === 0 ? words.noReporters : words.list(counts);
}

function Estimate({ etr }: { etr: string }) {
  const at = Date.parse(etr);
  const today = useToday();
  const isOverdue = useClock((now) => now > at);
  const left = useClock((now) => format.age(Math.abs(at - now)));
  return (
    <>
      {format.time(etr, today)}{' '}
      {isOverdue ? (
        <span className="overdue">{text.overdue(left)}</span>
      ) : (
        <span className="faint">{text.etrIn(left)}</span>
      )}
    </>
  );
}

function Figure({ value, name }: { value: ReactNode; name: string }) {
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
