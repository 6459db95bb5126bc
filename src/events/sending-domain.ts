import { domainOfAddress } from './address';
import { parseDomain } from './domain-name';

/** Where an event may say which of the owner's domains sent the mail. Absent evidence is null. */
export interface DomainEvidence {
  /** `domain.name`, or `domain` of a legacy form. */
  stated: string | null;
  /** `https://HOST/v3/domains/NAME/messages/KEY`. */
  storageUrl: string | null;
  /** `SELECTOR._domainkey.NAME`. */
  primaryDkim: string | null;
  /** The sender of the envelope. */
  sender: string | null;
  messageId: string | null;
}

/** A domain that is read out of something else: one without a dot is a placeholder. */
function derived(text: string | undefined): string | null {
  const domain = text === undefined ? null : parseDomain(text);
  return domain?.includes('.') ? domain : null;
}

const hostOf = (address: string | null) =>
  address?.includes('@') ? domainOfAddress(address.replace(/[\s>]+$/, '')) : undefined;

/**
 * The sending domain by the best evidence that an event has. `account` and `domain` are missing in many real payloads,
 * and the others differ in how close they are to Mailgun's own word: the storage and the DKIM key are the domain's at
 * Mailgun; the envelope is as a rule; the host of a message id comes last, since it is often the brand's domain.
 * @returns null when there is none
 */
export function sendingDomain(evidence: DomainEvidence): string | null {
  const { stated, storageUrl, primaryDkim, sender, messageId } = evidence;
  return (
    (stated === null ? null : parseDomain(stated)) ??
    derived(/\/v3\/domains\/([^/?#]+)\/messages\//.exec(storageUrl ?? '')?.[1]) ??
    derived(/\._domainkey\.(.+)$/.exec(primaryDkim ?? '')?.[1]) ??
    derived(hostOf(sender)) ??
    derived(hostOf(messageId))
  );
}
