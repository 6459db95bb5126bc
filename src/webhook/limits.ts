/** Largest body that is read, in bytes. Mailgun's events are a few kilobytes; attachments ride along in legacy forms. */
export const largestBody = 1024 * 1024;

/** Most fields of a form. Mailgun sends some thirty, plus the sender's variables. */
export const mostFields = 2000;
