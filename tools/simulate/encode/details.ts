import type { SimulatedEvent } from '../plan/event';
import { hostileTexts, hostileVariables } from '../plan/hostile';
import { createRandom, type Random } from '../plan/random';

/** The parts of an event that have no effect on statistics or subscribers, the same for every copy of it. */
export interface Details {
  readonly random: Random;
  readonly subject: string;
  readonly from: string;
  readonly ip: string;
  readonly city: string;
  readonly client: {
    readonly type: string;
    readonly os: string;
    readonly device: string;
    readonly name: string;
  };
  readonly userAgent: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const clients = [
  { type: 'browser', os: 'Linux', device: 'desktop', name: 'Firefox' },
  { type: 'mobile browser', os: 'iOS', device: 'mobile', name: 'Mobile Safari' },
  { type: 'email client', os: 'Windows', device: 'desktop', name: 'Outlook' },
  { type: 'unknown', os: 'unknown', device: 'unknown', name: 'unknown' },
] as const;

function variablesFor(random: Random): Readonly<Record<string, unknown>> {
  const kind = random.next();
  if (kind < 0.4) return {};
  if (kind < 0.8) return { customer: `c-${random.integer(1, 9999)}`, segment: 'spring "26"' };
  if (kind < 0.9) return { order: { lines: [{ sku: 'A1', count: 2 }], paid: true }, labels: ['x', 'y'] };
  return hostileVariables;
}

/** Chooses the details of an event by its own seed. */
export function detailsOf(event: SimulatedEvent): Details {
  const random = createRandom(event.shape);
  return {
    random,
    subject: random.chance(0.2) ? random.pick(hostileTexts) : 'Spring is here',
    from: `Sender <hello@${event.domain}>`,
    ip: `192.0.2.${random.integer(1, 254)}`,
    city: random.pick(['Oslo', 'Austin', 'Unknown', random.pick(hostileTexts)]),
    client: random.pick(clients),
    userAgent: random.chance(0.1)
      ? random.pick(hostileTexts)
      : 'Mozilla/5.0 (X11; Linux x86_64) Simulated/1.0',
    variables: variablesFor(random),
  };
}
