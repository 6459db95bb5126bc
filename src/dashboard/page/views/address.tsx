import { useState } from 'preact/hooks';
import { erased, type MailEvent, reactivated, subscriberWithStory } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { useList } from '../api/use-list';
import { linkBackTo, linkTo } from '../browser/location';
import { counted } from '../format/numbers';
import { announce } from '../parts/announce';
import { ConfirmDialog } from '../parts/confirm-dialog';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { Facts } from '../parts/facts';
import { LoadMore } from '../parts/load-more';
import { Moment } from '../parts/moment';
import { Outside, OutsideInFull } from '../parts/outside';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { StatusBadge } from '../parts/status-badge';
import { reasonOf, sinceOf } from './address-state';
import { EventTable } from './event-table';
import { SuppressionTable } from './suppression-table';

const everySeconds = 10;

/** One address: may it be written to, and what happened. */
export function AddressView({ email }: { email: string }) {
  const client = useClient();
  const [asking, setAsking] = useState<'reactivate' | 'erase' | null>(null);
  const [done, setDone] = useState<{ isErased: boolean; sentence: string } | null>(null);
  const path = ['subscribers', email];
  const isErased = done?.isErased === true;
  const { data, problem, reload } = useAnswer(
    isErased ? null : email,
    (signal) => client.ask(subscriberWithStory, path, { query: { limit: '1' }, signal }),
    { everySeconds },
  );
  const story = useList<MailEvent>(
    email,
    async (cursor, signal) => {
      const answer = await client.ask(subscriberWithStory, path, {
        query: { cursor },
        ...(signal && { signal }),
      });
      return { items: answer.events, next: answer.next };
    },
    ({ key }) => key,
    { everySeconds, isPaused: isErased },
  );

  async function reactivate(): Promise<void> {
    const { mailgun } = await client.ask(reactivated, [...path, 'reactivate'], { method: 'POST' });
    finish(false, `The address is active again. ${mailgun.detail}`);
    reload();
  }
  async function erase(): Promise<void> {
    const { events } = await client.ask(erased, path, { method: 'DELETE' });
    finish(
      true,
      `Erased. ${counted(events, 'event')} stay without anything that identifies, so that every number stays.`,
    );
  }
  function finish(wasErased: boolean, sentence: string): void {
    setAsking(null);
    setDone({ isErased: wasErased, sentence });
    announce(sentence);
  }

  if (isErased) {
    return (
      <>
        <PageHead key="erased" title="Erased" back={{ href: linkBackTo('addresses'), name: 'Addresses' }} />
        <p class="note tone-good">{done.sentence}</p>
      </>
    );
  }
  return (
    <>
      <PageHead
        title={email}
        heading={<Outside text={email} />}
        back={{ href: linkBackTo('addresses'), name: 'Addresses' }}
      >
        {data !== null && (
          <>
            <ExportButton path={['events.csv']} query={{ recipient: email }} name="events-of-address">
              Export its events
            </ExportButton>
            {data.status !== 'active' && (
              <button type="button" class="button" onClick={() => setAsking('reactivate')}>
                Reactivate …
              </button>
            )}
            <button type="button" class="button danger" onClick={() => setAsking('erase')}>
              Erase …
            </button>
          </>
        )}
      </PageHead>
      {done !== null && <p class="note tone-good">{done.sentence}</p>}
      {problem?.status === 404 ? (
        <Empty title="No event about this address has come in.">
          Nothing speaks against writing to it. <a href={linkTo(['addresses'])}>All addresses</a>.
        </Empty>
      ) : (
        <ProblemNote problem={problem} retry={reload} />
      )}
      {data === null ? (
        problem === null && <Loading />
      ) : (
        <>
          <div class="verdict">
            <StatusBadge status={data.status} />
            <p>
              <strong>{data.status === 'active' ? 'May be written to' : 'Do not write to it'}</strong>
              {data.status !== 'active' && (
                <span class="muted">
                  {' '}
                  since <Moment at={sinceOf(data)} none="an unknown time" />
                </span>
              )}
              {data.reactivatedAt !== null && (
                <span class="muted">
                  {' '}
                  · reactivated <Moment at={data.reactivatedAt} />
                </span>
              )}
            </p>
            {data.status !== 'active' && (
              <p class="muted">
                <OutsideInFull text={reasonOf(data)} />
              </p>
            )}
          </div>
          <Facts
            areShort
            of={[
              ['First event', <Moment at={data.firstEventAt} />],
              ['Last event', <Moment at={data.lastEventAt} />],
              ['Last delivered', <Moment at={data.lastDeliveredAt} none="never" />],
              ['Last opened', <Moment at={data.lastOpenedAt} none="never" />],
              ['Last clicked', <Moment at={data.lastClickedAt} none="never" />],
              ['Soft bounces', String(data.softBounces)],
              [
                'Unsubscribed from',
                data.unsubscribedFrom.length > 0 && (
                  <OutsideInFull
                    text={data.unsubscribedFrom
                      .map((scope) => (scope === '*' ? 'all mail' : scope))
                      .join(', ')}
                  />
                ),
              ],
            ].map(([name, value]) => [String(name), value || null])}
          />
          <SuppressionTable
            suppressions={data.suppressions}
            email={email}
            onLifted={(sentence) => {
              finish(false, sentence);
              reload();
            }}
          />
          <Section title="Its story" hint="newest first">
            <ProblemNote problem={problem === null ? story.problem : null} retry={story.reload} />
            {story.items !== null && (
              <EventTable events={story.items} caption="Events of this address" withRecipient={false} />
            )}
            <LoadMore list={story} name="events" />
          </Section>
        </>
      )}
      {asking === 'reactivate' && (
        <ConfirmDialog
          title="Reactivate this address?"
          action="Reactivate"
          onConfirm={reactivate}
          onClose={() => setAsking(null)}
        >
          <p>
            <bdi class="outside-full strong">{email}</bdi> may be written to again; what happened before now
            no longer counts against it. Do this only if you know that the address is good and its owner wants
            your mail.
          </p>
        </ConfirmDialog>
      )}
      {asking === 'erase' && (
        <ConfirmDialog
          title="Erase this person?"
          action="Erase for good"
          isDangerous
          typed={email}
          onConfirm={erase}
          onClose={() => setAsking(null)}
        >
          <p>
            Removes the address and everything that identifies its owner, everywhere. Statistics keep their
            numbers. This cannot be undone
            {data !== null &&
              data.status !== 'active' &&
              ', and it also forgets that you must not write there'}
            .
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
