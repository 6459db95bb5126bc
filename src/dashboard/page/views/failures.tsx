import { useState } from 'preact/hooks';
import { helpOf } from '../../../statistics/counter-table';
import { type FailureGroup, failures } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { linkTo } from '../browser/location';
import { classificationName } from '../format/classifications';
import { dayMs, dayName, dayOf } from '../format/times';
import { Count } from '../parts/amount';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { Outside } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { codeName, overAllDomains, sentenceOf } from './failure-groups';

const everySeconds = 30;
/** Groups that are shown without being asked for. */
const usuallyShown = 6;
/** Days that the API tells of in one answer. */
const maxDays = 366;

interface FailuresProps {
  /** UTC days, both included; null: as far back as can be told. */
  from: string | null;
  to: string;
  domain: string | null;
}

const addressIs = (isBad: boolean | null) => (isBad === null ? '–' : isBad ? 'bad' : 'good');

/** What failed for good and what failed for now, by provider, class and code. */
export function Failures({ from, to, domain }: FailuresProps) {
  const client = useClient();
  const [isAll, setAll] = useState(false);
  const first = from ?? dayOf(Date.parse(to) - (maxDays - 1) * dayMs);
  const query = { from: first, to, domain };
  const { data, problem, reload } = useAnswer(
    JSON.stringify(query),
    (signal) => client.ask(failures, ['failures'], { query, signal }),
    { everySeconds },
  );
  const groups = overAllDomains(data?.items ?? []);
  const isForNow = ({ classification }: FailureGroup) => classification === 'temporary';
  const [final, forNow] = [groups.filter((group) => !isForNow(group)), groups.filter(isForNow)];
  const shown = isAll ? [...final, ...forNow] : final.slice(0, usuallyShown);
  const when = first === to && to === dayOf(Date.now()) ? 'today' : `since ${dayName(first)}`;
  return (
    <Section
      title="Failures"
      hint={when}
      actions={groups.length > 0 && <ExportButton path={['failures.csv']} query={query} name="failures" />}
    >
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={3} />
      ) : groups.length === 0 ? (
        <Empty title="Nothing failed in these days." />
      ) : (
        <>
          <p>
            {final.length > 0 && `${sentenceOf(final, `failures ${when}`)}. `}
            {forNow.length > 0 && (
              <span class="muted">{sentenceOf(forNow, 'attempts failed and are repeated')}.</span>
            )}
          </p>
          {shown.length > 0 && <FailureTable groups={shown} query={query} />}
          {groups.length > shown.length && (
            <p class="load-more">
              <button type="button" class="button" onClick={() => setAll(true)}>
                Show all {groups.length} kinds
              </button>
            </p>
          )}
        </>
      )}
    </Section>
  );
}

interface FailureTableProps {
  groups: readonly FailureGroup[];
  query: Readonly<Record<string, string | null>>;
}

function FailureTable({ groups, query }: FailureTableProps) {
  return (
    <div class="table-frame">
      <table class="lines">
        <caption class="hidden">Failures by provider, class and code</caption>
        <thead>
          <tr>
            <th scope="col">What failed</th>
            <th scope="col">Provider</th>
            <th scope="col">Code</th>
            <th scope="col" class="number">
              Failures
            </th>
            <th scope="col" class="number wide" title={helpOf('hardBounces')}>
              Listed by Mailgun
            </th>
            <th scope="col" class="wide">
              Address
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ provider, classification, code, failures: count, hardBounces, addressIsBad }) => (
            <tr key={`${provider} ${classification} ${code}`}>
              <th scope="row">
                <a class="line-link" data-line href={linkTo(['events'], { classification, ...query })}>
                  {classificationName(classification)}
                </a>
              </th>
              <td>{provider}</td>
              <td>
                <Outside text={codeName(code)} />
              </td>
              <td class="number">
                <Count of={count} />
              </td>
              <td class="number wide">
                <Count of={hardBounces} />
              </td>
              <td class="wide muted">{addressIs(addressIsBad)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
