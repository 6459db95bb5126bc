/** A setting cannot be changed in this way; the message is a sentence for the owner of the space. */
export class SettingError extends Error {
  override name = 'SettingError';
}
