/** Settings with somebody who is told, but never receives a word: there is no key to send mail with. So every notice stays. */
export const silentDestination = {
  ALERT_DESTINATIONS: JSON.stringify([
    {
      name: 'Somebody',
      kind: 'email',
      to: ['ops@example.com'],
      from: 'alerts@mg.example.com',
      domain: 'mg.example.com',
    },
  ]),
};
