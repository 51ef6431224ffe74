/** An outage event as it joins: what an entry keeps of it. */
export interface Joining {
  readonly reporter: number;
  readonly unit: number;
  readonly identity: number;
  /** The time that counts, and when its unit was back since (epoch ms); NaN: it is out. */
  readonly t: number;
  readonly backAt: number;
  readonly weight: number;
  readonly wide: boolean;
  readonly state: boolean;
}
