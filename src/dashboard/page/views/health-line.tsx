import type { Health } from '../api/answers';
import { linkTo } from '../browser/location';
import { counted } from '../format/numbers';
import { span } from '../format/times';
import { Moment } from '../parts/moment';

function verdictOf({ status, pending, dead, oldestPendingSeconds }: Health): {
  tone: string;
  sentence: string;
} {
  if (status === 'stuck') {
    const age = oldestPendingSeconds === null ? '' : `, the oldest for ${span(oldestPendingSeconds)}`;
    return { tone: 'bad', sentence: `Stuck: ${counted(pending, 'event')} not processed${age}` };
  }
  if (status === 'not_configured') {
    return { tone: 'bad', sentence: 'No webhook gets in: set MAILGUN_WEBHOOK_SIGNING_KEY' };
  }
  if (status === 'unavailable') return { tone: 'bad', sentence: 'The storage cannot be read' };
  if (dead > 0) return { tone: 'warn', sentence: `${counted(dead, 'event')} given up` };
  if (pending > 0) return { tone: 'good', sentence: `Working on ${counted(pending, 'event')}` };
  return { tone: 'good', sentence: 'Everything is processed' };
}

/** Whether all is well, in one line. */
export function HealthLine({
  health,
  refused,
}: {
  health: Health;
  refused: Readonly<Record<string, number>>;
}) {
  const { tone, sentence } = verdictOf(health);
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  return (
    <p class={`health tone-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <a href={linkTo(['trouble'])}>
        <i class="dot" />
        {sentence}
      </a>
      <span>
        Last event <Moment at={health.lastReceivedAt} none="not yet" />
      </span>
      {health.lastBackfillAt !== null && (
        <span>
          Compared with Mailgun <Moment at={health.lastBackfillAt} />
        </span>
      )}
      {refusals > 0 && <span>{counted(refusals, 'request')} refused today</span>}
    </p>
  );
}
