import * as v from 'valibot';
import { SettingError } from '../../settings/setting-error';
import { AdminError } from '../http/admin-error';
import { answerJson } from '../http/answer';
import { readJson } from '../http/read-json';
import type { AdminEndpoint } from './admin-call';

const bodySchema = v.object({ bundle: v.pipe(v.string(), v.minLength(1)) });

/** What the CLI tells about a deployment, for the history. */
const toldHeaders = [
  'x-file-name',
  'x-githash',
  'x-gitbranch',
  'x-userfullname',
  'x-useremail',
  'x-date',
  'x-language',
];

/** `POST _A_D_M_deploy`: puts a bundle in the place of the app that runs. */
export const deploy: AdminEndpoint = async ({ space, raw, response }) => {
  const parsed = v.safeParse(bodySchema, await readJson(raw));
  if (!parsed.success) {
    throw new AdminError(400, 'The body has no bundle: deploy with the CLI of Codehooks.');
  }
  const headers = Object.fromEntries(
    toldHeaders.flatMap((name) => {
      const value = raw.headers[name];
      // What the CLI does not know, such as the hash outside of git, it sends as the word null.
      return typeof value === 'string' && value !== 'null' ? [[name, value]] : [];
    }),
  );
  const id = await space.deploy(parsed.output.bundle, headers);
  answerJson(response, { status: 'deployed', id });
};

/** `DELETE _A_D_M_deploy`: one version back, or with the header `x-undeploy` none at all. */
export const undoDeploy: AdminEndpoint = async ({ space, raw, response }) => {
  if (raw.headers['x-undeploy'] !== undefined) {
    await space.undeploy();
    answerJson(response, { status: 'undeployed' });
    return;
  }
  try {
    const { _id } = await space.rollBack();
    answerJson(response, { status: 'rolled back', id: _id });
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    // The CLI prints the body of a success only.
    answerJson(response, { error: error.message });
  }
};
