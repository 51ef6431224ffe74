/**
 * The words that events, commands, outages and the network may hold. Their schemas are made of them, and so is what checks
 * without a schema.
 */

export const KINDS = ['outage', 'restoration'] as const;
export type Kind = (typeof KINDS)[number];

export const REACHES = ['point', 'feeder', 'substation'] as const;
export type Reach = (typeof REACHES)[number];

export const COMMANDS = ['confirm', 'cancel', 'acknowledge', 'crew', 'etr', 'note', 'restore', 'close'] as const;

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const DEVICE_TYPES = ['breaker', 'recloser', 'switch', 'fuse'] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];
