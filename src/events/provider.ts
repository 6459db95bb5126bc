/** Mailbox providers by the domain of the address, under Mailgun's names. */
const providers: ReadonlyArray<readonly [name: string, domains: RegExp]> = [
  ['Gmail', /^(gmail|googlemail)\.com$/],
  ['Outlook', /^(outlook|hotmail|live|msn)\.([a-z]{2,3})(\.[a-z]{2})?$/],
  ['Yahoo', /^(yahoo|ymail|rocketmail|aol)\.([a-z]{2,3})(\.[a-z]{2})?$/],
  ['iCloud', /^(icloud|me|mac)\.com$/],
];

/**
 * Whose mailbox an event is about. Only the domain of the address decides: Mailgun names the provider on some events
 * of an address and not on others, and calls some by other names, so that one mailbox would stand in several rows, by
 * the order in which its events came. The price is that a company's own domain is `Other` wherever it is hosted.
 * The name is believed only where no domain is left, after an erasure has put it there.
 */
export function providerOf(event: {
  recipientProvider: string | null;
  recipientDomain: string | null;
}): string {
  const { recipientDomain: domain, recipientProvider: name } = event;
  const known =
    domain === null
      ? providers.find((provider) => provider[0] === name)
      : providers.find(([, domains]) => domains.test(domain));
  return known?.[0] ?? 'Other';
}

/** Whether a provider tells Mailgun of complaints. Gmail does not, others are taken to. */
export function reportsComplaints(provider: string): boolean {
  return provider !== 'Gmail';
}
