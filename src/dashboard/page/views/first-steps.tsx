import { base } from '../api/base';
import { CopyButton } from '../parts/copy-button';

/** Stands for a space that has not seen an event: how the first one gets in. */
export function FirstSteps() {
  const webhook = `${location.origin}${base}/mailgun/events`;
  return (
    <section class="first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">No event has come in yet</h2>
      <ol>
        <li>
          <p>
            In Mailgun under <em>Sending → Webhooks</em> add this URL for each of the eight types:
          </p>
          <p class="copy-line">
            <code>{webhook}</code> <CopyButton text={webhook} name="the webhook URL" />
          </p>
        </li>
        <li>
          <p>
            Give the space the <em>HTTP webhook signing key</em> of your Mailgun account as{' '}
            <code>MAILGUN_WEBHOOK_SIGNING_KEY</code>.
          </p>
        </li>
        <li>
          <p>
            Or try it without Mailgun: <code>npm run simulate</code> plays a whole campaign.
          </p>
        </li>
      </ol>
      <p class="muted">This page fills by itself as soon as the first event is here.</p>
    </section>
  );
}
