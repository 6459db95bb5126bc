/** A simulated recipient. */
export interface Recipient {
  readonly address: string;
  /** What Mailgun calls the provider. */
  readonly provider: string;
}

/**
 * Where the recipients have their mailboxes, and what Mailgun calls the provider, which need not be what others do.
 * A provider is known by its real domain only, so the addresses must be ones that nobody can have: see `impossible`.
 */
const mailboxes = [
  { provider: 'Gmail', domain: 'gmail.com' },
  { provider: 'Outlook', domain: 'outlook.com' },
  { provider: 'Yahoo', domain: 'yahoo.com' },
  { provider: 'Other', domain: 'company.example' },
  { provider: 'Gmail', domain: 'googlemail.com' },
  { provider: 'Hotmail', domain: 'hotmail.com' },
  { provider: 'Apple', domain: 'icloud.com' },
] as const;

/**
 * Behind every name. None of these providers gives out a mailbox with an equals sign, and the simulator sends no mail:
 * it only tells a webhook of some.
 */
const impossible = '=simulated';

/** The n-th recipient of a run; the seed in the address keeps runs in one space apart. */
export function createRecipient(seed: number, number: number): Recipient {
  return createRelative(seed, number, 'r');
}

/** Somebody beside the n-th recipient, who must never become a subscriber: a forward target, a forger's invention. */
export function createBystander(seed: number, number: number, role: 'forward' | 'ghost'): Recipient {
  return createRelative(seed, number, `${role}-`);
}

function createRelative(seed: number, number: number, prefix: string): Recipient {
  const { provider, domain } = mailboxes[number % mailboxes.length] ?? mailboxes[0];
  return { address: `${prefix}${number}.s${seed}${impossible}@${domain}`, provider };
}
