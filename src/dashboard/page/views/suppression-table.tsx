import { useState } from 'preact/hooks';
import { reactivated, type Suppression } from '../api/answers';
import { useClient } from '../api/client-context';
import { linkTo } from '../browser/location';
import { ConfirmDialog } from '../parts/confirm-dialog';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';

const sources: Readonly<Record<string, string>> = {
  webhook: 'an event',
  backfill: 'an event, brought back',
  mailgun: 'Mailgun’s list',
  import: 'an import',
  person: 'a person',
};

/** What a suppression holds for, in words. */
export function scopeInWords({ domain, scope }: Pick<Suppression, 'domain' | 'scope'>): string {
  const from = domain ?? 'all domains';
  if (scope === '*') return from;
  if (scope.startsWith('tag:')) return `${from}, tag ${scope.slice(4)}`;
  if (scope.startsWith('list:')) return `${from}, list ${scope.slice(5)}`;
  return `${from}, one of the tags ${scope.slice(5)}`;
}

/** What the API takes to lift this suppression and no other. */
function meant({ list, domain, scope }: Suppression): object {
  return {
    list,
    ...(domain !== null && { domain }),
    ...(scope.startsWith('tag:') && { tag: scope.slice(4) }),
    ...(scope === '*' && list === 'unsubscribe' && { tag: '*' }),
    ...(scope.startsWith('list:') && { mailingList: scope.slice(5) }),
  };
}

interface SuppressionTableProps {
  email: string;
  suppressions: readonly Suppression[];
  /** Is told what came of a lift. */
  onLifted: (sentence: string) => void;
}

/** Every reason not to write to an address, each with its evidence, and how to lift it. */
export function SuppressionTable({ email, suppressions, onLifted }: SuppressionTableProps) {
  const client = useClient();
  const [asking, setAsking] = useState<Suppression | null>(null);
  if (suppressions.length === 0) return null;

  async function lift(one: Suppression): Promise<void> {
    const { mailgun } = await client.ask(reactivated, ['suppressions', email, 'lift'], {
      method: 'POST',
      body: meant(one),
    });
    setAsking(null);
    onLifted(`Lifted: ${one.list}, ${scopeInWords(one)}. ${mailgun.detail}`);
  }

  return (
    <Section title="Suppressions" hint="each holds for its domain and scope, and can be lifted alone">
      <div class="table-frame">
        <table class="lines fixed">
          <caption class="hidden">Suppressions of this address</caption>
          <thead>
            <tr>
              <th scope="col" class="status-column">
                List
              </th>
              <th scope="col">Holds for</th>
              <th scope="col" class="wide">
                Evidence
              </th>
              <th scope="col" class="time-column wide">
                Since
              </th>
              <th scope="col" class="action-column">
                <span class="hidden">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {suppressions.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <span class={`badge tone-${one.doubtful ? 'warn' : 'bad'}`}>{one.list}</span>
                </th>
                <td class="cut">
                  <Outside text={scopeInWords(one)} />
                </td>
                <td class="cut wide muted">
                  {one.doubtful && <strong>doubtful: </strong>}
                  {one.event === null ? (
                    (sources[one.source] ?? one.source)
                  ) : (
                    <a class="link" href={linkTo(['events', one.event])}>
                      {sources[one.source] ?? one.source}
                    </a>
                  )}{' '}
                  <Outside text={one.detail ?? one.by} none="" />
                </td>
                <td class="wide">
                  <Moment at={one.since} />
                </td>
                <td class="number above">
                  <button type="button" class="button small" onClick={() => setAsking(one)}>
                    Lift …<span class="hidden"> {scopeInWords(one)}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asking !== null && (
        <ConfirmDialog
          title="Lift this suppression?"
          action="Lift"
          onConfirm={() => lift(asking)}
          onClose={() => setAsking(null)}
        >
          <p>
            The {asking.list} for <bdi class="strong">{scopeInWords(asking)}</bdi> no longer holds, here and
            at Mailgun. The others stay. What happens from now on counts again.
          </p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
