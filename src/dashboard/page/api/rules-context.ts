import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AlertRule } from './alert-answers';

interface KnownRules {
  /** None before they are known. */
  rules: readonly AlertRule[];
  /** Asks again: thresholds were changed. */
  reload: () => void;
}

/** The rules of the alerts, by which rates are marked. */
export const RulesContext = createContext<KnownRules>({ rules: [], reload: () => undefined });

export function useRule(name: string): AlertRule | null {
  return useContext(RulesContext).rules.find((rule) => rule.name === name) ?? null;
}
