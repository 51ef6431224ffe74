/** Numbers, times and lengths as a language writes them. Times are the clock on the dispatcher's wall, 24 hours. */
export interface Format {
  /** `12,480`. */
  readonly count: (n: number) => string;
  /** `1 customer`, `12 customers`. */
  readonly counted: (n: number, noun: Forms) => string;
  /** `96 %`; 100 % only for certainty, never by rounding. */
  readonly percent: (share: number) => string;
  /** `03:12:04`. */
  readonly clock: (ms: number) => string;
  /** `03:12:04`; with the day (`12 Oct 03:12:04`) when that is not the day of `now`. */
  readonly time: (iso: string, now: number) => string;
  /** The name of the local time zone, `CEST`. */
  readonly zone: (ms: number) => string;
  /** `42 s`, `12 min`, `3 h 05 min`, `2 d 4 h`: how long ago, for a glance. Never negative. */
  readonly age: (ms: number) => string;
  /** `0.4 s`, `3 s`, `4 min 10 s`, `1 h 05 min`: how far apart two reports are. The sign is ignored. */
  readonly span: (ms: number) => string;
  /** `0.4 m`, `42 m`, `1.23 km`. */
  readonly distance: (meters: number) => string;
}

/** A noun in the forms that the language has for numbers: English `one` and `other`, Arabic all six. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** How the language abbreviates units. */
export type Units = Readonly<Record<'s' | 'min' | 'h' | 'd' | 'm' | 'km' | 'percent', string>>;

/** The format of a locale (`en-GB`). */
export function formatOf(locale: string, units: Units): Format {
  const integer = new Intl.NumberFormat(locale, { useGrouping: 'always' });
  const padded = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  const [, tenths, hundredths] = [0, 1, 2].map(
    (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const plural = new Intl.PluralRules(locale);
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const day = new Intl.DateTimeFormat(locale, { day: '2-digit', month: 'short' });
  const zone = new Intl.DateTimeFormat(locale, { timeZoneName: 'short', hour: '2-digit' });
  const { s, min, h, d, m, km, percent } = units;
  const of = (n: number, unit: string): string => `${integer.format(n)} ${unit}`;

  const age = (ms: number): string => {
    const seconds = Math.max(0, Math.floor(ms / 1_000));
    if (seconds < 60) return of(seconds, s);
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return of(minutes, min);
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${of(hours, h)} ${padded.format(minutes % 60)} ${min}`;
    return `${of(Math.floor(hours / 24), d)} ${of(hours % 24, h)}`;
  };

  return {
    count: (n) => integer.format(n),
    counted: (n, noun) => of(n, noun[plural.select(n)] ?? noun.other),
    percent: (share) => of(Math.floor(Math.round(share * 1e4) / 100), percent),
    clock: (ms) => clock.format(ms),
    time: (iso, now) => {
      const time = new Date(iso);
      const ofClock = clock.format(time);
      return time.toDateString() === new Date(now).toDateString() ? ofClock : `${day.format(time)} ${ofClock}`;
    },
    zone: (ms) => zone.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '',
    age,
    span: (ms) => {
      const size = Math.abs(ms);
      if (size < 50) return of(0, s);
      if (size < 950) return `${tenths!.format(size / 1_000)} ${s}`;
      const seconds = Math.round(size / 1_000);
      if (seconds < 60) return of(seconds, s);
      if (seconds >= 3_600) return age(size);
      const minutes = of(Math.floor(seconds / 60), min);
      return seconds % 60 === 0 ? minutes : `${minutes} ${of(seconds % 60, s)}`;
    },
    distance: (meters) => {
      if (meters < 9.95) return `${tenths!.format(meters)} ${m}`;
      return meters < 1_000 ? of(Math.round(meters), m) : `${hundredths!.format(meters / 1_000)} ${km}`;
    },
  };
}
