export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
}
export interface Lock {
  readonly packages?: Readonly<Record<string, LockedPackage>>;
}
export function isInstalled(asked: Lock, installed: Lock | null): boolean;
export function readLock(file: string): Lock | null;
export function changedAt(path: string): number;
export function isBuilt(built: string, sources: readonly string[]): boolean;
