/** What the server asks of passwords and names, so that mistakes are told before it is asked. */
import type { Word } from "../../../i18n/i18n";

export const LEAST = 12;

/** The mistake of a new password, if there is one. */
export function passwordProblem(password: string, again?: string): Word | null {
  if (password.length < LEAST) return "settings.users.short";
  return again !== undefined && again !== password ? "settings.users.different" : null;
}

/** The mistake of a new account's name, if there is one. */
export function nameProblem(name: string, taken: readonly string[]): Word | null {
  if (!/^[A-Za-z0-9._]{1,100}$/.test(name)) return "settings.users.badName";
  return taken.includes(name) ? "settings.users.taken" : null;
}
