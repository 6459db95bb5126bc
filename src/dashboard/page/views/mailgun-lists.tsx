import { comparedLists, listDifferences } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { useList } from '../api/use-list';
import { linkTo } from '../browser/location';
import { Count } from '../parts/amount';
import { Empty, Loading } from '../parts/empty';
import { LoadMore } from '../parts/load-more';
import { Moment } from '../parts/moment';
import { Outside, OutsideInFull } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { scopeInWords } from './suppression-table';

const everySeconds = 30;

/** How far Mailgun's own lists were compared. */
export function MailgunLists() {
  const client = useClient();
  const { data, problem, reload } = useAnswer(
    '',
    (signal) => client.ask(comparedLists, ['suppressions', 'lists'], { signal }),
    { everySeconds },
  );
  return (
    <Section title="Mailgun’s lists" hint="read at the start, compared every night">
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={2} />
      ) : (
        <>
          {data.problem !== null && (
            <p class="note tone-bad">
              <OutsideInFull text={data.problem} />
            </p>
          )}
          {!data.configured ? (
            <Empty title="Mailgun is not asked.">
              Who was suppressed before the first webhook came is found only in Mailgun’s lists: set{' '}
              <code>MAILGUN_API_KEY</code>.
            </Empty>
          ) : data.items.length === 0 ? (
            <Empty title="Nothing was compared yet.">
              The first import comes by itself within minutes, or now by{' '}
              <code>npm run suppressions -- pull</code>.
            </Empty>
          ) : (
            <div class="table-frame">
              <table>
                <caption class="hidden">Mailgun’s lists by sending domain</caption>
                <thead>
                  <tr>
                    <th scope="col">Sending domain</th>
                    <th scope="col">List</th>
                    <th scope="col">Compared</th>
                    <th scope="col" class="number">
                      Entries
                    </th>
                    <th scope="col" class="number wide">
                      New
                    </th>
                    <th scope="col" class="number wide">
                      Lifted
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.items.map(
                    ({ domain, list, isRunning, finishedAt, seen, added, lifted, lastError }) => (
                      <tr key={`${domain} ${list}`}>
                        <th scope="row" class="tall">
                          <Outside text={domain} />
                          {lastError !== null && (
                            <small class="tone-bad">
                              <OutsideInFull text={lastError} />
                            </small>
                          )}
                        </th>
                        <td>{list}</td>
                        <td>{isRunning ? 'running' : <Moment at={finishedAt} none="not yet" />}</td>
                        <td class="number">
                          <Count of={seen} />
                        </td>
                        <td class="number wide">
                          <Count of={added} />
                        </td>
                        <td class="number wide">
                          <Count of={lifted} />
                        </td>
                      </tr>
                    ),
                  )}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </Section>
  );
}

/** Pages that are read at once: many hold no difference. */
const pagesAtOnce = 8;

/** What only one side has. */
export function ListDifferences() {
  const client = useClient();
  const list = useList(
    '',
    async (first, signal) => {
      const items: { email: string; list: string; domain: string; scope: string; side: string }[] = [];
      let cursor = first;
      for (let pages = 0; pages < pagesAtOnce; pages += 1) {
        const answer: { items: typeof items; next: string | null } = await client.ask(
          listDifferences,
          ['suppressions', 'differences'],
          { query: { cursor }, ...(signal && { signal }) },
        );
        items.push(...answer.items);
        cursor = answer.next;
        if (cursor === null) break;
      }
      return { items, next: cursor };
    },
    ({ email, list: name, domain, scope, side }) => [side, email, name, domain, scope].join(' '),
  );
  return (
    <Section title="Differences" hint="what only one side held when the lists were last read">
      <ProblemNote problem={list.problem} retry={list.reload} />
      {list.items === null ? (
        list.problem === null && <Loading lines={2} />
      ) : (
        <>
          {list.items.length === 0 ? (
            <Empty title={list.hasMore ? 'None so far.' : 'Both sides hold the same.'}>
              What Mailgun’s lists do not have yet is looked for after the next comparison.
            </Empty>
          ) : (
            <div class="table-frame">
              <table class="lines fixed">
                <caption class="hidden">Differences</caption>
                <thead>
                  <tr>
                    <th scope="col">Address</th>
                    <th scope="col" class="status-column">
                      List
                    </th>
                    <th scope="col" class="wide">
                      Holds for
                    </th>
                    <th scope="col" class="status-column">
                      Only
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {list.items.map((one) => (
                    <tr key={[one.side, one.email, one.list, one.domain, one.scope].join(' ')}>
                      <th scope="row" class="cut">
                        <a class="line-link" data-line href={linkTo(['addresses', one.email])}>
                          <Outside text={one.email} />
                        </a>
                      </th>
                      <td>{one.list}</td>
                      <td class="cut wide">
                        <Outside text={scopeInWords(one)} />
                      </td>
                      <td>{one.side === 'here' ? 'here' : 'at Mailgun'}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <LoadMore list={list} name="differences" />
        </>
      )}
    </Section>
  );
}
