import type { Status } from '../api/answers';

const tones = {
  active: 'good',
  manual: 'warn',
  bounced: 'bad',
  unsubscribed: 'warn',
  complained: 'bad',
} as const;

/** The state of an address. */
export function StatusBadge({ status }: { status: Status }) {
  return <span class={`badge tone-${tones[status]}`}>{status}</span>;
}
