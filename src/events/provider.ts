/** Mailbox providers by the domain of the address, for events that do not name the provider. */
const providers: ReadonlyArray<readonly [name: string, domains: RegExp]> = [
  ['Gmail', /^(gmail|googlemail)\.com$/],
  ['Outlook', /^(outlook|hotmail|live|msn)\.([a-z]{2,3})(\.[a-z]{2})?$/],
  ['Yahoo', /^(yahoo|ymail|rocketmail|aol)\.([a-z]{2,3})(\.[a-z]{2})?$/],
  ['iCloud', /^(icloud|me|mac)\.com$/],
];

/** Whose mailbox an event is about: what Mailgun says, else what the domain of the address says. */
export function providerOf(event: {
  recipientProvider: string | null;
  recipientDomain: string | null;
}): string {
  const domain = event.recipientDomain ?? '';
  return event.recipientProvider ?? providers.find(([, domains]) => domains.test(domain))?.[0] ?? 'Other';
}
