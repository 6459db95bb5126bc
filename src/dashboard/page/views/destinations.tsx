import { useState } from 'preact/hooks';
import { useClient } from '../api/client-context';
import { type Destination, destinations } from '../api/destination-answers';
import { useAnswer } from '../api/use-answer';
import { linkTo } from '../browser/location';
import { Empty, Loading } from '../parts/empty';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { DestinationDeliveries } from './destination-deliveries';
import { DestinationForm } from './destination-form';

const everySeconds = 10;

/** Kinds of destinations, by the names that people know. */
export const kindNames: Readonly<Record<string, string>> = {
  slack: 'Slack',
  teams: 'Microsoft Teams',
  webhook: 'Signed webhook',
  email: 'E-mail',
};

/** What a destination asks for, in one line. */
function wantsOf({ filter }: Destination): string {
  const { kinds, ...conditions } = filter;
  const narrowed = Object.values(conditions).flat();
  return [kinds.join(', '), ...(narrowed.length > 0 ? [`only ${narrowed.join(', ')}`] : [])].join('; ');
}

/** Who is told of alerts and events, and what became of the last notices. */
export function DestinationsView() {
  return (
    <>
      <PageHead title="Destinations" back={{ href: linkTo(['alerts']), name: 'Alerts' }} />
      <Destinations />
    </>
  );
}

/** The part of a view that is about destinations. */
export function Destinations() {
  const client = useClient();
  const [form, setForm] = useState<{ destination?: Destination } | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const { data, problem, reload } = useAnswer(
    'destinations',
    (signal) => client.ask(destinations, ['destinations'], { signal }),
    { everySeconds },
  );
  const items = data?.items ?? [];
  const selected = items.find(({ id }) => id === chosen);
  return (
    <>
      <Section
        title="Destinations"
        hint="who is told of what"
        actions={
          <button type="button" class="button primary" onClick={() => setForm({})}>
            Add a destination
          </button>
        }
      >
        <ProblemNote problem={problem} retry={reload} />
        {data?.problem != null && <p class="note tone-bad">{data.problem}</p>}
        {data === null ? (
          problem === null && <Loading lines={2} />
        ) : items.length === 0 ? (
          <Empty title="Nobody is told yet.">
            Add a channel of Slack or Teams, a webhook of your own or a mail address.
          </Empty>
        ) : (
          <DestinationTable items={items} chosen={chosen} onChoose={setChosen} />
        )}
      </Section>
      {selected !== undefined && (
        <DestinationDeliveries
          key={selected.id}
          destination={selected}
          onChange={reload}
          onEdit={() => setForm({ destination: selected })}
          onDeleted={() => {
            setChosen(null);
            reload();
          }}
        />
      )}
      {form !== null && (
        <DestinationForm
          destination={form.destination}
          onClose={() => setForm(null)}
          onSaved={() => {
            setForm(null);
            reload();
          }}
        />
      )}
    </>
  );
}

interface DestinationTableProps {
  items: readonly Destination[];
  chosen: string | null;
  onChoose: (id: string) => void;
}

function DestinationTable({ items, chosen, onChoose }: DestinationTableProps) {
  return (
    <div class="table-frame">
      <table class="lines fixed">
        <caption class="hidden">Destinations</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="wide">
              Where
            </th>
            <th scope="col" class="wide">
              Wants
            </th>
            <th scope="col">State</th>
            <th scope="col" class="action-column">
              <span class="hidden">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <th scope="row" class="cut">
                <Outside text={one.name} />
              </th>
              <td class="cut wide">
                {kindNames[one.kind] ?? one.kind} · <Outside text={one.host} />
                {one.ending !== null && (
                  <>
                    {' '}
                    …<Outside text={one.ending} />
                  </>
                )}
              </td>
              <td class="cut wide">
                <Outside text={wantsOf(one)} />
              </td>
              <td class="cut">
                <StateOf destination={one} />
              </td>
              <td class="number above">
                <button
                  type="button"
                  class="button small"
                  aria-pressed={one.id === chosen}
                  onClick={() => onChoose(one.id)}
                >
                  Deliveries
                  <span class="hidden"> of {one.name}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function StateOf({
  destination: { lastError, dead, waiting, lastDeliveredAt },
}: {
  destination: Destination;
}) {
  if (lastError !== null)
    return (
      <span class="tone-bad">
        ✕ <Outside text={lastError} />
      </span>
    );
  if (dead > 0) return <span class="tone-bad">✕ {dead} dead</span>;
  if (waiting > 0) return <>{waiting} waiting</>;
  return lastDeliveredAt === null ? (
    <>nothing sent yet</>
  ) : (
    <>
      ✓ <Moment at={lastDeliveredAt} />
    </>
  );
}
