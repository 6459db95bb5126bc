import type { Figures } from './figures';
import type { Account } from './mailgun';
import { scheduleNames } from './retry-schedules';
import { formatTable } from './table';

const columns: readonly (readonly [title: string, name: keyof Figures])[] = [
  ['sent', 'sent'],
  ['requests', 'attempts'],
  ['acknowledged', 'acknowledged'],
  ['lost', 'lost'],
  ['not counted', 'notCounted'],
  ['logged twice', 'loggedTwice'],
  ['counted twice', 'countedTwice'],
  ['refused', 'refused'],
  ['missed delivered', 'missedDelivered'],
  ['missed others', 'missedOthers'],
  ['not suppressed', 'notSuppressed'],
  ['suppressed wrongly', 'suppressedWrongly'],
  ['forged', 'forged'],
];

/** A row of figures per run. */
export function formatFigures(label: string, rows: readonly (readonly [string, Figures])[]): string {
  return formatTable(
    [label, ...columns.map(([title]) => title)],
    rows.map(([name, figures]) => [name, ...columns.map(([, column]) => figures[column])]),
  );
}

/** What must be zero whatever happens: the promises that an app makes by its answers. */
export function brokenPromises(figures: Figures): string[] {
  const promises = [
    'lost',
    'notCounted',
    'loggedTwice',
    'countedTwice',
    'refused',
    'notSuppressed',
    'suppressedWrongly',
    'forged',
  ] as const;
  return promises.flatMap((name) => ((figures[name] ?? 0) > 0 ? [`${name}: ${figures[name]}`] : []));
}

/** What became of the events of each of Mailgun's schedules. */
export function formatSchedules(label: string, accounts: readonly Account[]): string {
  return formatTable(
    [label, 'sent', 'requests', 'acknowledged', 'given up: delivered', 'given up: others'],
    scheduleNames.map((name) => {
      const own = accounts.filter(({ schedule }) => schedule === name);
      const isDelivered = ({ notice }: Account) => notice.event.kind === 'delivered';
      const gaveUp = own.filter(({ outcome }) => outcome === 'given up');
      return [
        name,
        own.length,
        own.reduce((sum, { replies }) => sum + replies.length, 0),
        own.filter(({ outcome }) => outcome === 'acknowledged').length,
        gaveUp.filter(isDelivered).length,
        gaveUp.filter((account) => !isDelivered(account)).length,
      ];
    }),
  );
}
