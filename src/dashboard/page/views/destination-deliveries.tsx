import { useState } from 'preact/hooks';
import { type ApiProblem, asProblem } from '../api/api-problem';
import { useClient } from '../api/client-context';
import {
  changed,
  type Delivery,
  type Destination,
  deliveries,
  requeuedDeliveries,
} from '../api/destination-answers';
import { useAnswer } from '../api/use-answer';
import { counted } from '../format/numbers';
import { announce } from '../parts/announce';
import { ConfirmDialog } from '../parts/confirm-dialog';
import { Empty, Loading } from '../parts/empty';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';

const everySeconds = 3;
const shown = '20';

interface DestinationDeliveriesProps {
  destination: Destination;
  /** Called after something was queued. */
  onChange: () => void;
  onEdit: () => void;
  onDeleted: () => void;
}

/** The last deliveries of a destination, a test, another try for dead ones, and its end. */
export function DestinationDeliveries(props: DestinationDeliveriesProps) {
  const client = useClient();
  const [isDeleting, setDeleting] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<string | null>(null);
  const [failure, setFailure] = useState<ApiProblem | null>(null);
  const { destination, onChange, onEdit, onDeleted } = props;
  const { id, name, source, dead } = destination;
  const { data, problem, reload } = useAnswer(
    id,
    (signal) =>
      client.ask(deliveries, ['destinations', id, 'deliveries'], { query: { limit: shown }, signal }),
    { everySeconds },
  );

  async function change(act: () => Promise<string>): Promise<void> {
    setBusy(true);
    setFailure(null);
    setResult(null);
    try {
      const sentence = await act();
      setResult(sentence);
      announce(sentence);
    } catch (error) {
      setFailure(asProblem(error));
    }
    setBusy(false);
    reload();
    onChange();
  }
  const test = async () => {
    await client.ask(changed, ['destinations', id, 'test'], { method: 'POST' });
    return 'A test is on its way: its line below says what becomes of it.';
  };
  const requeue = async () => {
    const answer = await client.ask(requeuedDeliveries, ['destinations', id, 'requeue'], { method: 'POST' });
    return `${counted(answer.requeued, 'notice')} got all attempts again${answer.more ? '; there are more, press again' : ''}.`;
  };

  return (
    <Section
      title={`Deliveries of ${name}`}
      hint="the last ones"
      actions={
        <>
          <button type="button" class="button" disabled={isBusy} onClick={() => change(test)}>
            Send a test
          </button>
          {dead > 0 && (
            <button type="button" class="button" disabled={isBusy} onClick={() => change(requeue)}>
              Requeue the dead
            </button>
          )}
          {source === 'api' && (
            <>
              <button type="button" class="button" onClick={onEdit}>
                Change
              </button>
              <button type="button" class="button danger" onClick={() => setDeleting(true)}>
                Delete
              </button>
            </>
          )}
        </>
      }
    >
      {result !== null && <p class="note tone-good">{result}</p>}
      {source === 'settings' && <p class="note">It stands in ALERT_DESTINATIONS and is changed there.</p>}
      <ProblemNote problem={failure ?? problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={2} />
      ) : data.items.length === 0 ? (
        <Empty title="Nothing was sent yet.">Send a test to see that it arrives.</Empty>
      ) : (
        <DeliveryTable items={data.items} />
      )}
      {isDeleting && (
        <ConfirmDialog
          title="Delete the destination"
          action="Delete"
          isDangerous
          onConfirm={async () => {
            await client.ask(changed, ['destinations', id], { method: 'DELETE' });
            setDeleting(false);
            onDeleted();
          }}
          onClose={() => setDeleting(false)}
        >
          <p>
            <Outside text={name} /> is told nothing any more. Its address, its secret and its deliveries are
            removed.
          </p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

const stateWords = { waiting: '… waiting', delivered: '✓ delivered', dead: '✕ dead' } as const;

function DeliveryTable({ items }: { items: readonly Delivery[] }) {
  return (
    <div class="table-frame">
      <table class="lines fixed">
        <caption class="hidden">Deliveries</caption>
        <thead>
          <tr>
            <th scope="col" class="time-column wide">
              Published
            </th>
            <th scope="col">Notice</th>
            <th scope="col">State</th>
            <th scope="col" class="number wide">
              Attempts
            </th>
            <th scope="col" class="wide">
              Last error
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.key}>
              <td class="wide">
                <Moment at={one.createdAt} />
              </td>
              <th scope="row" class="cut">
                <Outside text={one.title} />
              </th>
              <td class={one.state === 'dead' ? 'tone-bad' : undefined}>{stateWords[one.state]}</td>
              <td class="number wide">{one.attempts}</td>
              <td class="cut wide">
                <Outside text={one.lastError} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
