import * as v from 'valibot';

const row = v.looseObject({ '@timestamp': v.string() });
const withDomain = v.looseObject({ domain: v.looseObject({ name: v.pipe(v.string(), v.minLength(1)) }) });

/** The Logs API has the sender's variables as JSON text. */
function readVariables(variables: unknown): unknown {
  if (typeof variables !== 'string') return variables;
  try {
    return JSON.parse(variables);
  } catch {
    return variables;
  }
}

/**
 * Brings a row of Mailgun's Events or Logs API into the shape of a webhook's `event-data`, so that both copies of an
 * event get one key: rows of the Logs API say the time in ISO, and older ones lack the domain.
 * @param domain that was asked for
 */
export function eventDataOf(item: unknown, domain: string): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const named = v.is(withDomain, item) ? item : { ...item, domain: { name: domain } };
  if (!v.is(row, named)) return named;
  const { '@timestamp': time, ...fields } = named;
  return {
    ...fields,
    timestamp: Date.parse(time) / 1000,
    'user-variables': readVariables(fields['user-variables']),
  };
}
