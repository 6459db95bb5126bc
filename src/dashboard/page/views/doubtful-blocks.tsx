import { useState } from 'preact/hooks';
import { type Block, blockLifted, blocks } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { counted } from '../format/numbers';
import { Count } from '../parts/amount';
import { announce } from '../parts/announce';
import { ConfirmDialog } from '../parts/confirm-dialog';
import { Empty, Loading } from '../parts/empty';
import { Outside, OutsideInFull } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';

const everySeconds = 60;

/** Good addresses that Mailgun refuses: by what caused it, to be lifted together. */
export function DoubtfulBlocks() {
  const client = useClient();
  const [asking, setAsking] = useState<Block | null>(null);
  const [result, setResult] = useState<string | null>(null);
  const { data, problem, reload } = useAnswer(
    '',
    (signal) => client.ask(blocks, ['suppressions', 'doubtful'], { signal }),
    { everySeconds },
  );

  async function lift({ addresses: _, ...block }: Block): Promise<void> {
    let lifted = 0;
    let cursor: string | null = null;
    for (;;) {
      const step: {
        lifted: number;
        mailgun: string | null;
        problem: { detail: string; retrySeconds: number | null } | null;
        next: string | null;
      } = await client.ask(blockLifted, ['suppressions', 'doubtful', 'lift'], {
        method: 'POST',
        body: { ...block, cursor },
      });
      lifted += step.lifted;
      cursor = step.next;
      const isWaiting = step.problem !== null && step.problem.retrySeconds !== null && cursor !== null;
      if (isWaiting)
        await new Promise((resolve) => setTimeout(resolve, (step.problem?.retrySeconds ?? 0) * 1000));
      else if (cursor === null || step.problem !== null) {
        finish(
          `${counted(lifted, 'address', 'addresses')} lifted. ${step.problem?.detail ?? step.mailgun ?? ''}`,
        );
        return;
      }
    }
  }
  function finish(sentence: string): void {
    setAsking(null);
    setResult(sentence);
    announce(sentence);
    reload();
  }

  return (
    <Section
      title="Doubtful"
      hint="Mailgun refuses them, but the evidence speaks against the sender, the content or a full mailbox"
    >
      {result !== null && (
        <p class="note tone-good">
          <OutsideInFull text={result} />
        </p>
      )}
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={2} />
      ) : data.items.length === 0 ? (
        <Empty title="No suppression is doubtful.">
          When a provider blocks you, good addresses end up on Mailgun’s list of bounces. They appear here, by
          day and cause, to be lifted together.
        </Empty>
      ) : (
        <div class="table-frame">
          <table>
            <caption class="hidden">Doubtful suppressions by day and cause</caption>
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Provider</th>
                <th scope="col">Code</th>
                <th scope="col" class="number">
                  Addresses
                </th>
                <th scope="col" class="action-column">
                  <span class="hidden">Action</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((block) => (
                <tr key={`${block.day} ${block.provider} ${block.code}`}>
                  <th scope="row">{block.day}</th>
                  <td>
                    <Outside text={block.provider} />
                  </td>
                  <td>
                    <Outside text={block.code} />
                  </td>
                  <td class="number">
                    <Count of={block.addresses} />
                  </td>
                  <td class="number">
                    <button type="button" class="button small" onClick={() => setAsking(block)}>
                      Lift all …
                      <span class="hidden">
                        {' '}
                        of {block.provider} on {block.day}
                      </span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asking !== null && (
        <ConfirmDialog
          title="Lift all of this block?"
          action="Lift all"
          onConfirm={() => lift(asking)}
          onClose={() => setAsking(null)}
        >
          <p>
            <strong>{counted(asking.addresses, 'address', 'addresses')}</strong> of {asking.provider} that
            were refused with {asking.code} on {asking.day} may be written to again, here and at Mailgun. Do
            this when the cause is mended: otherwise they bounce again.
          </p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
