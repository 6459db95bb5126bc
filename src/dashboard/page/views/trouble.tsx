import { summary } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { dayOf } from '../format/times';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Backfill } from './backfill';
import { DeadLetters } from './dead-letters';
import { HealthLine } from './health-line';
import { Reconciliation } from './reconciliation';
import { Refusals } from './refusals';

const everySeconds = 10;

/** What went wrong, and what can be done about it. */
export function TroubleView() {
  const client = useClient();
  const today = dayOf(Date.now());
  const { data, problem, reload } = useAnswer(
    today,
    (signal) => client.ask(summary, ['summary'], { query: { from: today, to: today }, signal }),
    { everySeconds },
  );
  return (
    <>
      <PageHead title="Trouble" />
      <ProblemNote problem={problem} retry={reload} />
      {data !== null && <HealthLine health={data.health} refused={data.refusedToday} />}
      <DeadLetters count={data?.health.dead ?? null} onChange={reload} />
      <Refusals />
      <Backfill />
      <Reconciliation />
    </>
  );
}
