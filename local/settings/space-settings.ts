import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import * as v from 'valibot';
import { readPrivateFile, writePrivateFile } from '../files/private-file';
import type { Token } from '../http/token';
import { StartError } from '../start-error';
import { seal, unseal } from './seal';
import { SettingError } from './setting-error';

const access = v.picklist(['READ', 'READWRITE']);

const settingsSchema = v.object({
  tokens: v.array(v.object({ token: v.string(), access, description: v.string() })),
  variables: v.array(
    v.union([
      v.object({ name: v.string(), value: v.string() }),
      v.object({ name: v.string(), sealed: v.string() }),
    ]),
  ),
  allowedHosts: v.array(v.string()),
});

type Settings = v.InferOutput<typeof settingsSchema>;

/** A token with the words that its owner has given it. */
export interface DescribedToken extends Token {
  readonly description: string;
}

/** A variable as it may be shown: an encrypted one without its value. */
export interface ShownVariable {
  readonly key: string;
  readonly value: string | null;
  readonly encrypted: boolean;
}

export interface SpaceSettingsOptions {
  /** The data folder of the space; the settings are in its file `settings.json`. */
  readonly directory: string;
  /** What encrypted variables are encrypted with. */
  readonly envKey: string;
  /** Tokens that come from elsewhere: they count, but cannot be removed. */
  readonly fixedTokens: readonly DescribedToken[];
}

/** What the owner has set for a space with the CLI: tokens, variables, and the hosts that may call it. */
export class SpaceSettings {
  readonly #file: string;
  readonly #envKey: string;
  readonly #fixedTokens: readonly DescribedToken[];
  #settings: Settings;
  #tokens: readonly DescribedToken[];

  /** @throws {StartError} when the file, or an encrypted variable in it, cannot be read. */
  constructor({ directory, envKey, fixedTokens }: SpaceSettingsOptions) {
    this.#file = join(directory, 'settings.json');
    this.#envKey = envKey;
    this.#fixedTokens = fixedTokens;
    this.#settings = readPrivateFile(this.#file, settingsSchema) ?? firstSettings(directory, this.#file);
    this.#tokens = [...fixedTokens, ...this.#settings.tokens];
    try {
      this.variables();
    } catch {
      throw new StartError(
        `The encrypted variables in ${this.#file} cannot be read with the key in the file env-key; put the key back, or remove the variables from the file.`,
      );
    }
  }

  get tokens(): readonly DescribedToken[] {
    return this.#tokens;
  }

  /** The addresses that may call the routes; an empty list means all. */
  get allowedHosts(): readonly string[] {
    return this.#settings.allowedHosts;
  }

  /** Makes a token. */
  addToken(access: Token['access'], description: string): DescribedToken {
    const token = { token: randomBytes(24).toString('hex'), access, description };
    this.#change({ tokens: [...this.#settings.tokens, token] });
    return token;
  }

  /** @throws {SettingError} when there is no such token, or it cannot be removed. */
  removeToken(token: string): void {
    if (this.#fixedTokens.some((fixed) => fixed.token === token)) {
      throw new SettingError(
        'This token comes from SPACE_API_KEY or from the file api-key in the data folder; change it there and start the space again.',
      );
    }
    const tokens = this.#settings.tokens.filter((known) => known.token !== token);
    if (tokens.length === this.#settings.tokens.length) {
      throw new SettingError('The space has no such token.');
    }
    this.#change({ tokens });
  }

  /** The variables with their values. */
  variables(): Record<string, string> {
    return Object.fromEntries(
      this.#settings.variables.map((variable) => [
        variable.name,
        'value' in variable ? variable.value : unseal(this.#envKey, variable.sealed),
      ]),
    );
  }

  /** The variables as they may be shown. */
  shownVariables(): ShownVariable[] {
    return this.#settings.variables.map((variable) => ({
      key: variable.name,
      value: 'value' in variable ? variable.value : null,
      encrypted: !('value' in variable),
    }));
  }

  /** The values of the encrypted variables. */
  encryptedValues(): string[] {
    return this.#settings.variables.flatMap((variable) =>
      'sealed' in variable ? [unseal(this.#envKey, variable.sealed)] : [],
    );
  }

  /** @throws {SettingError} when the name has other characters than a variable may have. */
  setVariable(name: string, value: string, encrypted: boolean): void {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new SettingError('The name of a variable has letters, digits and _ only.');
    }
    const variable = encrypted ? { name, sealed: seal(this.#envKey, value) } : { name, value };
    this.#change({
      variables: [...this.#settings.variables.filter((known) => known.name !== name), variable],
    });
  }

  /** @throws {SettingError} when there is no such variable. */
  removeVariable(name: string): void {
    const variables = this.#settings.variables.filter((known) => known.name !== name);
    if (variables.length === this.#settings.variables.length) {
      throw new SettingError(`The space has no variable "${name}" that was set with set-env.`);
    }
    this.#change({ variables });
  }

  /** @throws {SettingError} when it is no address. */
  allowHost(ip: string): void {
    if (!isIPv4(ip)) {
      throw new SettingError(`"${ip}" is no IPv4 address.`);
    }
    this.#change({ allowedHosts: [...new Set([...this.allowedHosts, ip])] });
  }

  /** @throws {SettingError} when the address is not in the list. */
  removeHost(ip: string): void {
    if (!this.allowedHosts.includes(ip)) {
      throw new SettingError(`"${ip}" is not in the list.`);
    }
    this.#change({ allowedHosts: this.allowedHosts.filter((host) => host !== ip) });
  }

  /** Nothing is changed unless it is written. */
  #change(change: Partial<Settings>): void {
    const settings = { ...this.#settings, ...change };
    writePrivateFile(this.#file, settings);
    this.#settings = settings;
    this.#tokens = [...this.#fixedTokens, ...settings.tokens];
  }
}

/** A space has settings from its beginning, so that a file that is missing later can be told. */
function firstSettings(directory: string, file: string): Settings {
  // Its log tells that a space has run here.
  if (existsSync(join(directory, 'log.jsonl')))
    throw new StartError(
      `The file ${file} is missing; restore it from a backup, or write {"tokens": [], "variables": [], "allowedHosts": []} there to start without settings.`,
    );
  const none: Settings = { tokens: [], variables: [], allowedHosts: [] };
  writePrivateFile(file, none);
  return none;
}
