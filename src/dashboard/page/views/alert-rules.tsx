import { useContext, useState } from 'preact/hooks';
import { type AlertRule, alertRules } from '../api/alert-answers';
import { useClient } from '../api/client-context';
import { RulesContext } from '../api/rules-context';
import { useAnswer } from '../api/use-answer';
import { exactCount, percent } from '../format/numbers';
import { Loading } from '../parts/empty';
import { OutsideInFull } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { RuleForm, timesOf } from './rule-form';

const sources = { default: 'default', settings: 'ALERT_THRESHOLDS', api: 'API' } as const;

function thresholdOf(value: number | null, unit: AlertRule['unit']): string {
  if (value === null) return '–';
  if (unit === 'share') return percent(value);
  return unit === 'minutes' ? `${exactCount(value)} min` : exactCount(value);
}

function conditionsOf({ unit, thresholds: { minVolume, minCount, windowHours } }: AlertRule): string {
  if (unit !== 'share') return '';
  return `in ${windowHours} h, from ${exactCount(minCount)} of ${exactCount(minVolume)} on`;
}

/** The rules with their thresholds, and what these would have fired. */
export function AlertRules() {
  const client = useClient();
  const { data, problem, reload } = useAnswer('', (signal) =>
    client.ask(alertRules, ['alerts', 'rules'], { signal }),
  );
  const marking = useContext(RulesContext);
  const [edited, setEdited] = useState<AlertRule | null>(null);
  const onSaved = () => {
    setEdited(null);
    reload();
    marking.reload();
  };
  return (
    <Section title="Rules" hint="with what they would have fired in the last 30 days">
      <ProblemNote problem={problem} retry={reload} />
      {data === null && problem === null && <Loading lines={6} />}
      {data?.problem != null && (
        <p class="note tone-bad">
          <OutsideInFull text={data.problem} />
        </p>
      )}
      {edited !== null && <RuleForm rule={edited} onSaved={onSaved} onClose={() => setEdited(null)} />}
      {data !== null && (
        <div class="table-frame">
          <table>
            <caption class="hidden">Rules of the alerts</caption>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col" class="number">
                  Warning
                </th>
                <th scope="col" class="number">
                  Critical
                </th>
                <th scope="col" class="number">
                  Fired
                </th>
                <th scope="col" class="wide">
                  Thresholds from
                </th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((rule) => (
                <tr key={rule.name}>
                  <th scope="row" class="tall">
                    {rule.title} <small class="muted">{rule.measures}</small>
                    <small class="muted">{conditionsOf(rule)}</small>
                  </th>
                  <td class="number">{thresholdOf(rule.thresholds.warn, rule.unit)}</td>
                  <td class="number">{thresholdOf(rule.thresholds.critical, rule.unit)}</td>
                  <td class="number">{rule.wouldHaveFired === null ? '–' : timesOf(rule.wouldHaveFired)}</td>
                  <td class="wide">{sources[rule.source]}</td>
                  <td class="number">
                    <button
                      type="button"
                      class="button small"
                      aria-label={`Change the thresholds of ${rule.title}`}
                      onClick={() => setEdited(rule)}
                    >
                      Change
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
