import type { ComponentChildren } from 'preact';

interface FactsProps {
  of: readonly (readonly [name: string, value: ComponentChildren])[];
  /** Numbers and times, of which more fit beside each other. */
  areShort?: boolean;
}

/** Names and values, one below the other. What has no value is left out. */
export function Facts({ of, areShort = false }: FactsProps) {
  return (
    <dl class={areShort ? 'facts is-short' : 'facts'}>
      {of
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
