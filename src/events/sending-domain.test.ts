import { describe, expect, it } from 'vitest';
import { readJsonEvent } from './json';
import { type DomainEvidence, sendingDomain } from './sending-domain';

const evidence: DomainEvidence = {
  stated: 'Stated.example.org.',
  storageUrl: 'https://storage-us-east4.api.mailgun.net/v3/domains/stored.example.org/messages/K',
  primaryDkim: 'pdk1._domainkey.signed.example.org',
  sender: 'bounce+1=a@envelope.example.org',
  messageId: 'a1@brand.example',
};

describe('the sending domain', () => {
  it.each<[string, Partial<DomainEvidence>, string | null]>([
    ['what the payload states', {}, 'stated.example.org'],
    ['the storage', { stated: null }, 'stored.example.org'],
    ['the DKIM key', { stated: null, storageUrl: null }, 'signed.example.org'],
    ['the envelope', { stated: null, storageUrl: null, primaryDkim: null }, 'envelope.example.org'],
    ['the message id', { stated: null, storageUrl: null, primaryDkim: null, sender: null }, 'brand.example'],
    [
      'nothing',
      { stated: null, storageUrl: null, primaryDkim: null, sender: null, messageId: 'no-host' },
      null,
    ],
    ['the next evidence when what is stated is no domain', { stated: '$set' }, 'stored.example.org'],
    [
      'the next evidence when the URL is cut',
      { stated: null, storageUrl: 'https://storage-us-west1.api.mailgun.net/v3/domains/...' },
      'signed.example.org',
    ],
    [
      'the next evidence when the URL has a placeholder',
      { stated: null, storageUrl: 'https://se.api.mailgun.net/v3/domains/.../messages/K' },
      'signed.example.org',
    ],
    [
      'the next evidence when the URL has a name without a dot',
      { stated: null, storageUrl: 'https://se.api.mailgun.net/v3/domains/name/messages/K' },
      'signed.example.org',
    ],
    ['an international name in ASCII', { stated: 'post.bücher.example' }, 'post.xn--bcher-kva.example'],
  ])('comes from %s', (_, given, domain) => {
    expect(sendingDomain({ ...evidence, ...given })).toBe(domain);
  });

  it('is read from a webhook, and from a row of the Logs API, which has lists', () => {
    const data = {
      event: 'delivered',
      id: 'x',
      timestamp: 1_700_000_000,
      'primary-dkim': 'pdk1._domainkey.mail.example.org',
      message: { headers: { 'message-id': '<a1@brand.example>' } },
    };
    const url = 'https://storage-us-east4.api.mailgun.net/v3/domains/stored.example.org/messages/K';
    expect(readJsonEvent(data, 0)?.domain).toBe('mail.example.org');
    expect(readJsonEvent({ ...data, storage: { url } }, 0)?.domain).toBe('stored.example.org');
    expect(readJsonEvent({ ...data, storage: { url: [url] } }, 0)?.domain).toBe('stored.example.org');
    expect(readJsonEvent({ ...data, storage: [] }, 0)?.domain).toBe('mail.example.org');
  });
});
