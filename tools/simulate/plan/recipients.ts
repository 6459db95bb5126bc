/** A simulated recipient. */
export interface Recipient {
  readonly address: string;
  readonly provider: string;
}

/** Address domains by Mailgun's name of the provider; `.example` belongs to nobody. */
const providers = [
  { provider: 'Gmail', domain: 'gmail.example' },
  { provider: 'Outlook', domain: 'outlook.example' },
  { provider: 'Yahoo', domain: 'yahoo.example' },
  { provider: 'Other', domain: 'company.example' },
] as const;

/** The n-th recipient of a run; the seed in the address keeps runs in one space apart. */
export function createRecipient(seed: number, number: number): Recipient {
  return createRelative(seed, number, 'r');
}

/** Somebody beside the n-th recipient, who must never become a subscriber: a forward target, a forger's invention. */
export function createBystander(seed: number, number: number, role: 'forward' | 'ghost'): Recipient {
  return createRelative(seed, number, `${role}-`);
}

function createRelative(seed: number, number: number, prefix: string): Recipient {
  const { provider, domain } = providers[number % providers.length] ?? providers[0];
  return { address: `${prefix}${number}.s${seed}@${domain}`, provider };
}
