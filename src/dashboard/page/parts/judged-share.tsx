import { levelOf, shareOf } from '../../../alerts/level';
import type { AlertRule, Level } from '../api/alert-answers';
import type { Counters } from '../api/answers';
import { useRule } from '../api/rules-context';
import { percent } from '../format/numbers';
import { Share } from './amount';
import { LevelMark } from './level-mark';

/** What a rule says of some counters: over which threshold its share is, null for none. */
export function judge(rule: AlertRule | null, totals: Counters): { level: Level; value: number } | null {
  if (rule?.share == null) return null;
  const share = shareOf(rule.share, totals);
  const level = levelOf(share, rule.thresholds);
  return level === null ? null : { level, value: share.value };
}

interface JudgedShareProps {
  /** Whose thresholds it is judged by. */
  rule: string;
  totals: Counters;
  of: number | null;
  part: number;
  whole: number;
}

/** A share that is marked, by colour and sign, where it is over a threshold of the alerts. */
export function JudgedShare({ rule: name, totals, of, part, whole }: JudgedShareProps) {
  const rule = useRule(name);
  const judged = judge(rule, totals);
  if (judged === null || rule === null) return <Share of={of} part={part} whole={whole} />;
  const limit = rule.thresholds[judged.level];
  return (
    <span
      class={judged.level === 'critical' ? 'tone-bad judged' : 'tone-warn judged'}
      title={`${percent(judged.value)} ${rule.measures}; ${judged.level === 'critical' ? 'critical' : 'a warning'} from ${percent(limit)} on`}
    >
      <LevelMark level={judged.level} />
      <span class="tabular">{percent(of)}</span>
    </span>
  );
}
