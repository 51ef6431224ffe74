/** Times as dispatchers read them: the clock on their wall, 24 hours; durations in the two largest units that matter. */

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' });
const ZONE = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short', hour: '2-digit' });

/** `03:12:04`; with the day (`12 Oct 03:12:04`) when that is not the day of `now`. */
export function localTime(iso: string, now: number): string {
  const time = new Date(iso);
  const clock = CLOCK.format(time);
  return time.toDateString() === new Date(now).toDateString() ? clock : `${DAY.format(time)} ${clock}`;
}

/** `03:12:04`. */
export function clockTime(ms: number): string {
  return CLOCK.format(ms);
}

/** The name of the local time zone, `CEST`. */
export function zoneName(ms: number): string {
  return ZONE.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** `42 s`, `12 min`, `3 h 05 min`, `2 d 4 h`: how long ago, for a glance. Never negative. */
export function ageText(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1_000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 24) return `${h} h ${String(min % 60).padStart(2, '0')} min`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

/** `0.4 s`, `3 s`, `4 min 10 s`, `1 h 05 min`: how far apart two reports are. The sign is ignored. */
export function spanText(ms: number): string {
  const size = Math.abs(ms);
  if (size < 50) return '0 s';
  if (size < 950) return `${(size / 1_000).toFixed(1)} s`;
  const s = Math.round(size / 1_000);
  if (s < 60) return `${s} s`;
  if (s < 3_600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  return ageText(size);
}
