import { useState } from 'preact/hooks';
import { type AlertRule, alertRule } from '../api/alert-answers';
import { ApiProblem } from '../api/api-problem';
import { useClient } from '../api/client-context';
import { type Answer, useAnswer } from '../api/use-answer';
import { exactCount } from '../format/numbers';
import { announce } from '../parts/announce';
import { ConfirmDialog } from '../parts/confirm-dialog';
import { fieldsOf, type ReadTexts, readTexts, textsOf } from './threshold-fields';

/** How long nobody must type before a trial is asked for. */
const restMs = 300;

/** How often a rule fired, in words. */
export function timesOf(fired: number): string {
  return fired === 1 ? '1 time' : `${exactCount(fired)} times`;
}

function trialSentence(
  rule: AlertRule,
  read: ReadTexts,
  { data, problem, isStale }: Answer<AlertRule>,
): string {
  if ('problem' in read) return read.problem;
  if (isStale) return 'Trying these thresholds …';
  if (problem !== null) return problem.message;
  if (data === null) return 'Trying these thresholds …';
  if (data.wouldHaveFired === null || rule.wouldHaveFired === null)
    return 'It goes by other things than shares of the mail: nobody knows how often it would have fired.';
  return `With these thresholds it would have fired ${timesOf(data.wouldHaveFired)} in the last 30 days, by whole days; with those in force ${timesOf(rule.wouldHaveFired)}.`;
}

/** Changes the thresholds of a rule, and tells before they are saved what they would have fired. */
export function RuleForm({
  rule,
  onSaved,
  onClose,
}: {
  rule: AlertRule;
  onSaved: () => void;
  onClose: () => void;
}) {
  const client = useClient();
  const [texts, setTexts] = useState(() => textsOf(rule, rule.thresholds));
  const [isDefault, setDefault] = useState(false);
  const read = readTexts(rule, texts);
  const trial = useAnswer('change' in read ? JSON.stringify(read.change) : null, async (signal) => {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    signal.throwIfAborted();
    const body = 'change' in read ? read.change : {};
    return client.ask(alertRule, ['alerts', 'rules', rule.name, 'trial'], { method: 'POST', body, signal });
  });

  async function save(): Promise<void> {
    if ('problem' in read) throw new ApiProblem(400, read.problem);
    const path = ['alerts', 'rules', rule.name];
    if (isDefault) await client.ask(alertRule, path, { method: 'DELETE' });
    else await client.ask(alertRule, path, { method: 'PUT', body: read.change });
    announce(`The thresholds of ${rule.title} are saved.`);
    onSaved();
  }

  return (
    <ConfirmDialog title={`Thresholds: ${rule.title}`} action="Save" onConfirm={save} onClose={onClose}>
      <p class="muted">{rule.measures}</p>
      {fieldsOf(rule).map(({ name, label, mayBeEmpty }) => (
        <label key={name} class="stacked">
          <span>{label}</span>
          <input
            type="text"
            inputMode="decimal"
            autocomplete="off"
            value={texts[name]}
            placeholder={mayBeEmpty ? 'never' : ''}
            onInput={({ currentTarget }) => {
              setTexts((before) => ({ ...before, [name]: currentTarget.value }));
              setDefault(false);
            }}
          />
        </label>
      ))}
      <p class="trial" role="status">
        {trialSentence(rule, read, trial)}
        {isDefault && ' What ALERT_THRESHOLDS says of this rule, if anything, comes first.'}
      </p>
      <button
        type="button"
        class="button"
        onClick={() => {
          setTexts(textsOf(rule, rule.defaults));
          setDefault(true);
        }}
      >
        Back to the default
      </button>
    </ConfirmDialog>
  );
}
