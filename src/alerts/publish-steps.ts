import { log, reasonOf } from '../log';
import { publish } from '../notices/publish';
import { compareAndSet } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { type Alert, alerts, type Step, unpublishedAlerts } from './alert';
import { noticeOf } from './words';

const isUntold = ({ noticeKey, publishedAt }: Step) => noticeKey !== null && publishedAt === null;

async function notePublished(connection: Connection, id: string, keys: ReadonlySet<string>): Promise<void> {
  const at = new Date().toISOString();
  await compareAndSet(connection, alerts, {
    id,
    identity: {},
    parse: (document) => alerts.parse(document),
    decide: (stored) => {
      if (stored === null || !stored.isUnpublished) return null;
      const steps = stored.steps.map((step) =>
        isUntold(step) && step.noticeKey !== null && keys.has(step.noticeKey)
          ? { ...step, publishedAt: at }
          : step,
      );
      const isUnpublished = steps.some(isUntold);
      return isUnpublished && steps.every((step, index) => step === stored.steps[index])
        ? null
        : { steps, isUnpublished };
    },
  });
}

async function publishAlert(connection: Connection, alert: Alert): Promise<void> {
  const published = new Set<string>();
  try {
    for (const step of alert.steps) {
      if (!isUntold(step) || step.noticeKey === null) continue;
      await publish(noticeOf(alert, step, step.noticeKey));
      published.add(step.noticeKey);
    }
  } catch (error) {
    log.error('step of an alert not published, the next check will try again', {
      alert: alert._id,
      error: reasonOf(error),
    });
  }
  await notePublished(connection, alert._id, published);
}

/**
 * Publishes the steps that wait (an outbox): they are written with the alert, and taken off the list only when the
 * notice was handed over. A check that dies between leaves them to the next one, and a notice that is handed over twice is
 * told once.
 */
export async function publishSteps(connection: Connection): Promise<void> {
  await mapWithLimit(await unpublishedAlerts(connection), (alert) => publishAlert(connection, alert));
}
