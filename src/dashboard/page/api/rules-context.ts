import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AlertRule } from './alert-answers';

/** The rules of the alerts, by which rates are marked; none before they are known. */
export const RulesContext = createContext<readonly AlertRule[]>([]);

export function useRule(name: string): AlertRule | null {
  return useContext(RulesContext).find((rule) => rule.name === name) ?? null;
}
