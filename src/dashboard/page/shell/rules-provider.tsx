import type { ComponentChildren } from 'preact';
import { alertRules } from '../api/alert-answers';
import { useClient } from '../api/client-context';
import { RulesContext } from '../api/rules-context';
import { useAnswer } from '../api/use-answer';

const everySeconds = 600;

/** Lets every view know by which thresholds rates are marked. Without them nothing is marked. */
export function RulesProvider({ children }: { children: ComponentChildren }) {
  const client = useClient();
  const { data, reload } = useAnswer(
    '',
    (signal) => client.ask(alertRules, ['alerts', 'rules'], { query: { fired: 'no' }, signal }),
    {
      everySeconds,
    },
  );
  return (
    <RulesContext.Provider value={{ rules: data?.items ?? [], reload }}>{children}</RulesContext.Provider>
  );
}
