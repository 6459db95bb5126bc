import { useState } from 'preact/hooks';
import { type Alert, alertWithSteps } from '../api/alert-answers';
import { type ApiProblem, asProblem } from '../api/api-problem';
import { useClient } from '../api/client-context';
import { announce } from '../parts/announce';
import { ProblemNote } from '../parts/problem-note';

const dayMs = 86_400_000;

/** What a person can do about an open alert. */
export function AlertActions({
  alert,
  onChange,
}: {
  alert: Pick<Alert, 'id' | 'acknowledgedAt' | 'mutedUntil'>;
  onChange: () => void;
}) {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const isMuted = alert.mutedUntil !== null && Date.parse(alert.mutedUntil) > Date.now();

  async function act(action: 'acknowledge' | 'mute', body: object, sentence: string): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await client.ask(alertWithSteps, ['alerts', alert.id, action], { method: 'POST', body });
      announce(sentence);
      onChange();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  }

  const mute = (until: string | null, sentence: string) => act('mute', { until }, sentence);
  return (
    <>
      {alert.acknowledgedAt === null && (
        <button
          type="button"
          class="button small"
          disabled={isBusy}
          title="It is not repeated any more, until it gets worse"
          onClick={() => act('acknowledge', {}, 'Acknowledged.')}
        >
          Acknowledge
        </button>
      )}{' '}
      {isMuted ? (
        <button
          type="button"
          class="button small"
          disabled={isBusy}
          onClick={() => mute(null, 'Told again.')}
        >
          Unmute
        </button>
      ) : (
        <button
          type="button"
          class="button small"
          disabled={isBusy}
          title="Nobody is told of it for a day"
          onClick={() => mute(new Date(Date.now() + dayMs).toISOString(), 'Muted for a day.')}
        >
          Mute for a day
        </button>
      )}
      <ProblemNote problem={problem} />
    </>
  );
}
