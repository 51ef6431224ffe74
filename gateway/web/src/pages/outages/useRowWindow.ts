import { useEffect, useState, type RefObject } from 'react';

/** Rows beyond the visible ones, so that a fast scroll shows no gaps. */
const OVERSCAN = 6;

export interface RowWindow {
  /** First and one past the last row to be rendered. */
  readonly from: number;
  readonly to: number;
}

/** Which of `rows` rows of equal height a scrolling element has to render. */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, rows: number, rowHeight: number): RowWindow {
  const [view, setView] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [scroller]);
  const from = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const to = Math.min(rows, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  return { from: Math.min(from, to), to };
}
