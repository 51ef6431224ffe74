import './OutageList.css';
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useClock } from '../../parts/clock.js';
import type { OpenOutage } from '../../feed/openOutages.js';
import { words } from '../../words/words.js';
import { feedersOf, inHeldOrder, listed, NO_FILTER, type SortKey } from './listing.js';
import { ListFilters } from './ListFilters.js';
import { OutageRow, ROW_HEIGHT_PX } from './OutageRow.js';
import { useRowWindow } from './useRowWindow.js';

/** Rows must not jump away under the hand: the order holds this long after the pointer last moved over the list. */
const HOLD_MS = 4_000;

const text = words.outages;

const COLUMNS: readonly { sort: SortKey; className: string }[] = [
  { sort: 'severity', className: 'row-severity' },
  { sort: 'customersOut', className: 'row-customers' },
  { sort: 'newest', className: 'row-time' },
];

interface OutageListProps {
  readonly outages: readonly OpenOutage[];
  readonly selectedId: string | null;
  /** What to say when there is no outage at all. */
  readonly emptyText: string;
  readonly onSelect: (outageId: string) => void;
}

export function OutageList({ outages, selectedId, emptyText, onSelect }: OutageListProps) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [sort, setSort] = useState<SortKey>('severity');
  const [activeId, setActiveId] = useState<string | null>(selectedId);
  const [heldUntil, setHeldUntil] = useState(0);
  const shown = useRef<readonly string[]>([]);
  const scroller = useRef<HTMLDivElement>(null);

  const held = useClock((now) => now < heldUntil);
  const rows = useMemo(() => {
    const sorted = listed(outages, filter, sort);
    return held ? inHeldOrder(sorted, shown.current) : sorted;
  }, [outages, filter, sort, held]);
  useEffect(() => {
    shown.current = rows.map(({ record }) => record.outageId);
  }, [rows]);
  const feeders = useMemo(() => feedersOf(outages), [outages]);
  const { from, to } = useRowWindow(scroller, rows.length, ROW_HEIGHT_PX);

  const activeIndex = activeId === null ? -1 : rows.findIndex(({ record }) => record.outageId === activeId);
  // What is selected by link or on the map comes into sight here, also when the list gives way to the detail.
  const reveal = useEffectEvent((outageId: string | null) => {
    setActiveId(outageId);
    const index = rows.findIndex(({ record }) => record.outageId === outageId);
    if (index !== -1) scrollIntoSight(scroller.current, index);
  });
  useEffect(() => reveal(selectedId), [selectedId]);
  const select = useCallback(
    (outageId: string) => {
      setActiveId(outageId);
      onSelect(outageId);
    },
    [onSelect],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT_PX) - 1);
    const last = rows.length - 1;
    const target = new Map([
      ['ArrowDown', activeIndex + 1],
      ['ArrowUp', activeIndex === -1 ? last : activeIndex - 1],
      ['PageDown', activeIndex + page],
      ['PageUp', activeIndex - page],
      ['Home', 0],
      ['End', last],
    ]).get(event.key);
    if (target !== undefined && last >= 0) {
      event.preventDefault();
      const index = Math.min(last, Math.max(0, target));
      setActiveId(rows[index]!.record.outageId);
      scrollIntoSight(scroller.current, index);
    } else if ((event.key === 'Enter' || event.key === ' ') && activeIndex !== -1) {
      event.preventDefault();
      onSelect(activeId!);
    }
  };

  return (
    <section className="list" aria-label={text.name}>
      <ListFilters filter={filter} feeders={feeders} onChange={setFilter} />
      <div className="list-head" role="group" aria-label={text.sortBy}>
        {COLUMNS.map((column) => (
          <button
            key={column.sort}
            type="button"
            className={`plain ${column.className}`}
            aria-pressed={sort === column.sort}
            title={text.sortTitle[column.sort]}
            onClick={() => {
              // The new order is wanted now, wherever the pointer is.
              setHeldUntil(0);
              setSort(column.sort);
            }}
          >
            {text.sort[column.sort]}
            {sort === column.sort && <span aria-hidden="true"> ▾</span>}
          </button>
        ))}
        <span className="row-what faint" role="status">
          {text.shown(rows.length === outages.length ? null : rows.length, outages.length, held && rows.length > 1)}
        </span>
      </div>
      {rows.length === 0 && (
        <p className="empty" role="status">
          {outages.length === 0 ? emptyText : text.noMatch}
        </p>
      )}
      <div
        ref={scroller}
        className="rows"
        role="listbox"
        aria-label={text.rows}
        aria-activedescendant={activeIndex >= from && activeIndex < to ? rowId(activeId!) : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          // Renewed once a second at most: each renewal renders the list.
          if (event.pointerType === 'mouse' && Date.now() + HOLD_MS - heldUntil > 1_000) {
            setHeldUntil(Date.now() + HOLD_MS);
          }
        }}
        onPointerLeave={() => setHeldUntil(0)}
      >
        <div className="rows-all" role="presentation" style={{ height: rows.length * ROW_HEIGHT_PX }}>
          {rows.slice(from, to).map((outage, offset) => {
            const { outageId } = outage.record;
            return (
              <OutageRow
                key={outageId}
                id={rowId(outageId)}
                outage={outage}
                index={from + offset}
                rows={rows.length}
                active={outageId === activeId}
                selected={outageId === selectedId}
                onSelect={select}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

function rowId(outageId: string): string {
  return `outage-${outageId}`;
}

function scrollIntoSight(scroller: HTMLElement | null, index: number): void {
  if (!scroller) return;
  const top = index * ROW_HEIGHT_PX;
  const hidden = top + ROW_HEIGHT_PX - scroller.clientHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (hidden > scroller.scrollTop) scroller.scrollTop = hidden;
}
